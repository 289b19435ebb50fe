namespace Tapvisor.XenStore;

/// <summary>Limits of the protocol (public header io/xs_wire.h) and of this side of it.</summary>
public static class XenStoreLimits
{
    /// <summary>XENSTORE_PAYLOAD_MAX: bytes after a header; a longer message ends the connection.</summary>
    public const int Payload = 4096;

    /// <summary>XENSTORE_ABS_PATH_MAX: characters of a path that starts at the root.</summary>
    public const int AbsolutePath = 3072;

    /// <summary>XENSTORE_REL_PATH_MAX: characters of a path below /local/domain/&lt;own&gt;.</summary>
    public const int RelativePath = 2048;

    /// <summary>Bytes of a header.</summary>
    internal const int Header = 16;

    /// <summary>
    /// Transactions that one client has open at once; xenstored allows an unprivileged domain, such as a driver domain, ten.
    /// </summary>
    internal const int Transactions = 8;

    /// <summary>
    /// How often a transaction that conflicts is done again before EAGAIN is the answer: a guest that keeps changing its nodes must not
    /// keep us busy for ever.
    /// </summary>
    internal const int TransactionAttempts = 64;

    /// <summary>Different paths of one watch that wait to be taken; beyond, one event for the watch's own path stands for all.</summary>
    internal const int PendingEvents = 1024;

    /// <summary>Parts of one directory listing: 1000 nodes of a guest fit many times over.</summary>
    internal const int DirectoryBytes = 16 << 20;
}
