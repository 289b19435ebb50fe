using Tapvisor.Actors.Image;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>What a refused image means for the next attempt.</summary>
internal static class OpeningErrors
{
    /// <summary>The storage may be there in a second; a missing or wrong image will not change by waiting.</summary>
    internal static bool MayPass(this ImageProtocol.OpenFailed failed) =>
        failed.Errno is Errno.EAGAIN or Errno.EBUSY or Errno.EINTR or Errno.EIO or Errno.ENXIO or Errno.ETIMEDOUT
            or Errno.ECONNREFUSED or Errno.ECONNRESET;

    /// <summary>The image is there and is the wrong one, or the key is.</summary>
    internal static bool IsFinal(this ImageProtocol.OpenFailed failed) =>
        failed.Errno is Errno.EMEDIUMTYPE or Errno.EINVAL or Errno.ENOKEY;
}
