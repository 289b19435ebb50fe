using Tapvisor.Native;

namespace Tapvisor.XenStore;

/// <summary>Errors have names on the wire (public header io/xs_wire.h, xsd_errors).</summary>
internal static class XenStoreErrors
{
    private static readonly (int Errno, string Name)[] s_errors =
    [
        (Errno.EINVAL, "EINVAL"),
        (Errno.EACCES, "EACCES"),
        (Errno.EEXIST, "EEXIST"),
        (Errno.EISDIR, "EISDIR"),
        (Errno.ENOENT, "ENOENT"),
        (Errno.ENOMEM, "ENOMEM"),
        (Errno.ENOSPC, "ENOSPC"),
        (Errno.EIO, "EIO"),
        (Errno.ENOTEMPTY, "ENOTEMPTY"),
        (Errno.ENOSYS, "ENOSYS"),
        (Errno.EROFS, "EROFS"),
        (Errno.EBUSY, "EBUSY"),
        (Errno.EAGAIN, "EAGAIN"),
        (Errno.EISCONN, "EISCONN"),
        (Errno.E2BIG, "E2BIG"),
        (Errno.EPERM, "EPERM"),
    ];

    /// <summary>The errno of a name; EIO for one that the protocol does not know.</summary>
    internal static int Parse(string name) => Array.Find(s_errors, e => e.Name == name) is { Errno: > 0 and int errno } ? errno : Errno.EIO;

    /// <summary>The name of an errno; EINVAL, as xenstored does, for one that the protocol has no name for.</summary>
    internal static string Name(int errno) => Array.Find(s_errors, e => e.Errno == errno).Name ?? "EINVAL";
}
