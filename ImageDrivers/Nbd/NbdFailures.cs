using Tapvisor.ImageDrivers.Nbd.Wire;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>What goes wrong with a server.</summary>
internal static class NbdFailures
{
    /// <summary>The connection is gone.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="result">What a transfer returned that should have been complete.</param>
    internal static BlockException Lost(string server, int result) => result < 0
        ? new BlockException(BlockErrorKind.Io, -result, $"The connection to the NBD server '{server}' failed: {Errno.Describe(result)}.")
        : new BlockException(BlockErrorKind.Io, Errno.ECONNRESET, $"The NBD server '{server}' closed the connection.");

    /// <summary>The server does not do what the protocol says.</summary>
    internal static BlockException Protocol(string server, string what) =>
        new(BlockErrorKind.Io, Errno.EPROTO, $"The NBD server '{server}' breaks the protocol: {what}.");

    /// <summary>It is about to go; another one may come.</summary>
    internal static BlockException Ending(string server) =>
        new(BlockErrorKind.Io, Errno.ESHUTDOWN, $"The NBD server '{server}' is shutting down.");

    /// <summary>Its export is of no use.</summary>
    internal static BlockException Unfit(string server, int errno, string what) =>
        new(BlockErrorKind.InvalidArgument, errno, $"The export of the NBD server '{server}' {what}.");

    /// <summary>The result of a request that the server answered with an error: the protocol's numbers are Linux's.</summary>
    /// <returns>A negative errno, or 0.</returns>
    internal static int ResultOf(NbdError error) => error switch
    {
        NbdError.None => 0,
        _ => Enum.IsDefined(error) ? -(int)error : -Errno.EIO,
    };
}
