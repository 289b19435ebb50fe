using System.Net.Sockets;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tmds.Linux;

namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>Two connected Unix sockets: one for the engine, one for the test.</summary>
internal static unsafe class StreamPair
{
    internal static (int Engine, Socket Peer) Create()
    {
        int* pair = stackalloc int[2];
        Assert.Equal(0, LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, pair));
        return (pair[0], new Socket(new SafeSocketHandle(pair[1], true)));
    }

    internal static (IoSocket Engine, Socket Peer) Adopt(EngineHost host, bool nonBlocking = false)
    {
        (int descriptor, Socket peer) = Create();
        if (nonBlocking)
            Assert.Equal(0, LibC.fcntl(descriptor, LibC.F_SETFL, LibC.O_NONBLOCK));
        return (host.Engine.RunAsync(async () => host.Engine.Adopt(host.Scope, descriptor)).Result, peer);
    }

    /// <summary>Sends bytes and descriptors in one message.</summary>
    internal static void Send(Socket peer, ReadOnlySpan<byte> text, params ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[64];
        *(cmsghdr*)control = new cmsghdr
        {
            cmsg_len = sizeof(cmsghdr) + (descriptors.Length * sizeof(int)),
            cmsg_level = LibC.SOL_SOCKET,
            cmsg_type = LibC.SCM_RIGHTS,
        };
        descriptors.CopyTo(new Span<int>(control + sizeof(cmsghdr), descriptors.Length));
        fixed (byte* bytes = text)
        {
            var vector = new iovec { iov_base = bytes, iov_len = text.Length };
            var message = new msghdr { msg_iov = &vector, msg_iovlen = 1 };
            if (descriptors.Length > 0)
            {
                message.msg_control = control;
                message.msg_controllen = LibC.CMSG_SPACE(descriptors.Length * sizeof(int));
            }
            Assert.Equal(text.Length, LibC.sendmsg((int)peer.Handle, &message, 0));
        }
    }
}
