using System.Runtime.InteropServices;
using Tapvisor.Native;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>Turns errno into the data plane's exception.</summary>
internal static class KernelErrors
{
    /// <param name="errno">Positive.</param>
    /// <param name="what">What could not be done, to what.</param>
    internal static BlockException Exception(int errno, string what) =>
        new(Kind(errno), errno, $"{what}: {Marshal.GetPInvokeErrorMessage(errno)}");

    private static BlockErrorKind Kind(int errno) => errno switch
    {
        Errno.ENOENT or Errno.ENXIO or Errno.ENODEV => BlockErrorKind.NotFound,
        Errno.EINVAL or Errno.EISDIR or Errno.ENOTDIR or Errno.ELOOP or Errno.ENAMETOOLONG or Errno.EEXIST =>
            BlockErrorKind.InvalidArgument,
        Errno.EBUSY or Errno.ETXTBSY => BlockErrorKind.Locked,
        Errno.EOPNOTSUPP or Errno.ENOSYS => BlockErrorKind.Unsupported,
        _ => BlockErrorKind.Io,
    };
}
