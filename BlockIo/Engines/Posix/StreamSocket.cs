using System.Net;
using System.Net.Sockets;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>Makes stream sockets and begins to connect them.</summary>
internal static unsafe class StreamSocket
{
    /// <summary>Begins to connect by TCP; what is sent goes out at once (TCP_NODELAY).</summary>
    /// <returns>A descriptor that waits in its calls; whether it gets connected shows at the first of them.</returns>
    /// <exception cref="BlockException">With the errno of connect(2).</exception>
    internal static int Connect(IPEndPoint peer)
    {
        var port = (ushort)IPAddress.HostToNetworkOrder((short)peer.Port);
        int descriptor;
        if (peer.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var address = new sockaddr_in6 { sin6_family = AF_INET6, sin6_port = port, sin6_scope_id = (uint)peer.Address.ScopeId };
            peer.Address.TryWriteBytes(new Span<byte>(address.sin6_addr.s6_addr, 16), out _);
            descriptor = Connect(AF_INET6, &address, sizeof(sockaddr_in6), $"{peer}");
        }
        else
        {
            var address = new sockaddr_in { sin_family = AF_INET, sin_port = port };
            peer.Address.TryWriteBytes(new Span<byte>(address.sin_addr.s_addr, 4), out _);
            descriptor = Connect(AF_INET, &address, sizeof(sockaddr_in), $"{peer}");
        }
        int on = 1;
        _ = setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));
        return descriptor;
    }

    internal static int Connect(int family, void* address, int length, string peer)
    {
        int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (descriptor < 0)
            throw KernelErrors.Exception(errno, $"cannot make a socket for '{peer}'");
        if (connect(descriptor, (sockaddr*)address, length) < 0 && errno is not Errno.EINPROGRESS and var error)
        {
            _ = close(descriptor);
            throw KernelErrors.Exception(error, $"cannot connect to '{peer}'");
        }

        // Only connecting must not wait: io_uring takes a descriptor that does not wait at its word.
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) & ~O_NONBLOCK);
        return descriptor;
    }
}
