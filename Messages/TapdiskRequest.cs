using static Tapvisor.Messages.TapdiskMessageType;

namespace Tapvisor.Messages;

/// <summary>What a client asks; one sealed record for every TAPDISK_MESSAGE_* that is a request.</summary>
public abstract record TapdiskRequest(ushort Cookie) : TapdiskMessage(Cookie)
{
    /// <summary>Asks for the pid of the process behind the socket.</summary>
    public sealed record Pid(ushort Cookie = 0) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_PID;
    }

    public sealed record Attach(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_ATTACH;
    }

    public sealed record Detach(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_DETACH;
    }

    /// <param name="Cookie">The minor.</param>
    /// <param name="Params">What to open.</param>
    /// <param name="LogPath">The changed-block log; sent exactly when the flags say ADD_LOG.</param>
    /// <param name="Key">The image's key; sent exactly when the flags say OPEN_ENCRYPTED.</param>
    public sealed record Open(ushort Cookie, TapdiskParams Params, string LogPath = "", EncryptionKey? Key = null) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_OPEN;
    }

    public sealed record Close(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_CLOSE;
    }

    /// <summary>CLOSE that does not wait for rings with requests in flight; answered by CLOSE_RSP.</summary>
    public sealed record ForceShutdown(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_FORCE_SHUTDOWN;
    }

    public sealed record Pause(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_PAUSE;
    }

    /// <param name="Cookie">The minor.</param>
    /// <param name="Params">
    /// What to open instead; an empty path keeps the old image. The wire's "resume" member is not used by anyone.
    /// </param>
    /// <param name="LogPath">The changed-block log; sent exactly when the flags say ADD_LOG.</param>
    public sealed record Resume(ushort Cookie, TapdiskParams Params, string LogPath = "") : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_RESUME;
    }

    /// <summary>Asks for every VBD of the process; the cookie is ignored.</summary>
    public sealed record List(ushort Cookie = TapdiskMessageLayout.AllMinors) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_LIST;
    }

    /// <summary>Asks for statistics of one VBD, or of all with <see cref="TapdiskMessageLayout.AllMinors"/>.</summary>
    public sealed record Stats(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_STATS;
    }

    public sealed record XenBlkifConnect(ushort Cookie, TapdiskBlkif Blkif) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_XENBLKIF_CONNECT;
    }

    public sealed record XenBlkifDisconnect(ushort Cookie, uint DomId, uint DevId) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_XENBLKIF_DISCONNECT;
    }

    public sealed record DiskInfo(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_DISK_INFO;
    }

    /// <summary>In upstream's header, but no tapdisk serves it: EINVAL.</summary>
    public sealed record ListMinors(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_LIST_MINORS;
    }

    /// <summary>In upstream's header, but no tapdisk serves it: EINVAL.</summary>
    public sealed record Exit(ushort Cookie) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_EXIT;
    }

    /// <summary>Tapvisor only: makes a disk's image driver misbehave, to see it repaired.</summary>
    /// <param name="Cookie">The minor.</param>
    /// <param name="Kind">What goes wrong.</param>
    /// <param name="Operation">Which requests it befalls.</param>
    /// <param name="Argument">
    /// The errno of <see cref="FaultKind.Error"/>, the milliseconds of <see cref="FaultKind.Delay"/>, else 0.
    /// </param>
    /// <param name="Count">How many requests; 0 means until cleared.</param>
    public sealed record Inject(ushort Cookie, FaultKind Kind, FaultOperation Operation, uint Argument, uint Count) : TapdiskRequest(Cookie)
    {
        public override TapdiskMessageType Type => TAPVISOR_MESSAGE_INJECT;
    }
}
