using Tapvisor.Messages.Nbd;
using Tapvisor.Native;

namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Turns Linux's error numbers into the protocol's.</summary>
internal static class NbdErrors
{
    /// <summary>
    /// What the client is told (doc/proto.md "Error values"). NBD_ENOTSUP is only for a fast zero that would be slow; what else is
    /// not supported is an invalid request.
    /// </summary>
    /// <param name="errno">0 or a positive errno of the queue.</param>
    /// <param name="command">What the client asked.</param>
    /// <param name="flags">How it asked.</param>
    internal static NbdError From(int errno, NbdCommand command, NbdCommandFlags flags) => errno switch
    {
        0 => NbdError.None,
        Errno.EPERM or Errno.EACCES or Errno.EROFS => NbdError.NBD_EPERM,
        Errno.ENOMEM => NbdError.NBD_ENOMEM,
        Errno.EINVAL => NbdError.NBD_EINVAL,
        Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG => NbdError.NBD_ENOSPC,
        Errno.EOVERFLOW => NbdError.NBD_EOVERFLOW,
        Errno.EOPNOTSUPP => command == NbdCommand.NBD_CMD_WRITE_ZEROES && (flags & NbdCommandFlags.NBD_CMD_FLAG_FAST_ZERO) != 0
            ? NbdError.NBD_ENOTSUP
            : NbdError.NBD_EINVAL,
        Errno.ESHUTDOWN => NbdError.NBD_ESHUTDOWN,
        _ => NbdError.NBD_EIO,
    };
}
