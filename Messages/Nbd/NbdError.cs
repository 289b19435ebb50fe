namespace Tapvisor.Messages.Nbd;

/// <summary>Errors on the wire: a fixed subset of Linux's numbers, so that clients of other systems understand them.</summary>
public enum NbdError : uint
{
    None = 0,
    NBD_EPERM = 1,
    NBD_EIO = 5,
    NBD_ENOMEM = 12,
    NBD_EINVAL = 22,
    NBD_ENOSPC = 28,
    NBD_EOVERFLOW = 75,
    NBD_ENOTSUP = 95,
    NBD_ESHUTDOWN = 108,
}
