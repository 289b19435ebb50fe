using static Tapvisor.Messages.TapdiskMessageType;

namespace Tapvisor.Messages;

/// <summary>What a tapdisk answers; one sealed record for every TAPDISK_MESSAGE_* that is an answer.</summary>
public abstract record TapdiskResponse(ushort Cookie) : TapdiskMessage(Cookie)
{
    /// <summary>The request failed.</summary>
    /// <param name="Cookie">The request's, or 0 when the request was not understood.</param>
    /// <param name="Errno">A positive errno (some failures of upstream's tapdisk are negative).</param>
    /// <param name="Text">One sentence for the operator, cut at 255 bytes of UTF-8; upstream leaves it empty.</param>
    public sealed record Error(ushort Cookie, int Errno, string Text = "") : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_ERROR;
    }

    /// <summary>In upstream's header; no tapdisk sends it.</summary>
    public sealed record RuntimeError(ushort Cookie, string Text) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_RUNTIME_ERROR;
    }

    public sealed record Pid(ushort Cookie, int TapdiskPid) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_PID_RSP;
    }

    public sealed record Attach(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_ATTACH_RSP;
    }

    public sealed record Detach(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_DETACH_RSP;
    }

    public sealed record Open(ushort Cookie, TapdiskImage Image) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_OPEN_RSP;
    }

    /// <summary>Answers CLOSE and FORCE_SHUTDOWN.</summary>
    public sealed record Close(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_CLOSE_RSP;
    }

    public sealed record Pause(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_PAUSE_RSP;
    }

    public sealed record Resume(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_RESUME_RSP;
    }

    /// <summary>One VBD of the answer to LIST, or its end.</summary>
    /// <param name="Cookie">The request's.</param>
    /// <param name="Count">How many messages follow this one and itself: n … 1 for VBDs in attach order, 0 at the end.</param>
    /// <param name="Minor">The VBD's minor, -1 at the end.</param>
    /// <param name="State">The VBD's state; at the end upstream leaves what the last VBD had.</param>
    /// <param name="Path">type:path, empty when not opened; cut at 255 bytes.</param>
    public sealed record List(ushort Cookie, int Count, int Minor, VbdState State, string Path) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_LIST_RSP;

        public static List End(ushort cookie) => new(cookie, 0, -1, VbdState.None, "");
    }

    /// <summary>Statistics; the text follows the message on the wire.</summary>
    public sealed record Stats(ushort Cookie, string Json) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_STATS_RSP;
    }

    public sealed record XenBlkifConnect(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_XENBLKIF_CONNECT_RSP;
    }

    public sealed record XenBlkifDisconnect(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_XENBLKIF_DISCONNECT_RSP;
    }

    public sealed record DiskInfo(ushort Cookie, TapdiskImage Image) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_DISK_INFO_RSP;
    }

    /// <summary>In upstream's header; no tapdisk sends it.</summary>
    /// <param name="Cookie">The request's.</param>
    /// <param name="Minors">At most 63.</param>
    public sealed record ListMinors(ushort Cookie, IReadOnlyList<int> Minors) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPDISK_MESSAGE_LIST_MINORS_RSP;

        public bool Equals(ListMinors? other) => other is not null && Cookie == other.Cookie && Minors.SequenceEqual(other.Minors);

        public override int GetHashCode() => HashCode.Combine(Cookie, Minors.Count);
    }

    public sealed record Inject(ushort Cookie) : TapdiskResponse(Cookie)
    {
        public override TapdiskMessageType Type => TAPVISOR_MESSAGE_INJECT_RSP;
    }
}
