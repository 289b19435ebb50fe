namespace Tapvisor.XenStore;

/// <summary>
/// The one error of this room: a request to a XenStore was refused or could not be made. The message is one sentence with the operation,
/// the path and the reason.
/// </summary>
public sealed class XenStoreException : Exception
{
    /// <param name="errno">A positive errno.</param>
    /// <param name="operation">What was asked for, under its name in public header io/xs_wire.h.</param>
    /// <param name="path">The node concerned, or "" for none.</param>
    /// <param name="reason">More than the errno says, or null.</param>
    /// <param name="inner">The cause.</param>
    public XenStoreException(int errno, string operation, string path, string? reason = null, Exception? inner = null)
        : base(Sentence(errno, operation, path, reason), inner)
    {
        Errno = errno;
        Path = path;
    }

    /// <summary>A positive errno; ENOTCONN when the store could not be reached.</summary>
    public int Errno { get; }

    /// <summary>The node concerned, or "".</summary>
    public string Path { get; }

    /// <summary>The connection is gone: whether the operation took place is unknown, and a transaction is void.</summary>
    public bool IsConnectionLost => Errno == Native.Errno.ENOTCONN;

    private static string Sentence(int errno, string operation, string path, string? reason) =>
        $"XenStore {operation}{(path.Length > 0 ? $" '{path}'" : "")}: {reason ?? Native.Errno.Describe(errno)}";
}
