using System.Net;
using System.Net.Sockets;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>
/// Where a server is: an absolute path of a Unix socket, or an address and a port (upstream drivers/block-nbd.c:tdnbd_open).
/// </summary>
internal sealed class NbdAddress
{
    private readonly string _text;
    private readonly IPEndPoint? _endPoint;

    private NbdAddress(string text, IPEndPoint? endPoint) => (_text, _endPoint) = (text, endPoint);

    /// <summary>Takes <c>/path</c>, <c>a.b.c.d:port</c> and <c>[ipv6]:port</c>; no names, which would have to be looked up.</summary>
    /// <exception cref="BlockException">EINVAL for anything else.</exception>
    internal static NbdAddress Parse(string text)
    {
        if (text.StartsWith('/'))
            return new NbdAddress(text, null);

        // What is taken for an IPv4 address is more than people mean by one: 1:80 is 0.0.0.1.
        bool isAddress = IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && endPoint.Port != 0
            && (endPoint.AddressFamily == AddressFamily.InterNetworkV6 || endPoint.ToString() == text);
        return isAddress
            ? new NbdAddress(text, endPoint)
            : throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"The NBD server '{text}' is neither the absolute path of a socket nor ADDRESS:PORT.");
    }

    /// <summary>Begins to connect.</summary>
    /// <exception cref="BlockException">What connect(2) says at once.</exception>
    internal IoSocket Connect(IoScope scope) =>
        _endPoint is null ? scope.Engine.Connect(scope, _text) : scope.Engine.Connect(scope, _endPoint);

    public override string ToString() => _text;
}
