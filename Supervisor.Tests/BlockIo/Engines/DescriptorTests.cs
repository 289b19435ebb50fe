using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class DescriptorTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_passed_descriptor_arrives_with_its_text_and_closes_on_exec(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        using (SafeFileHandle file = File.OpenHandle(host.NewFile("f", [42])))
        {
            IoBuffer buffer = host.Run(async () => host.Rent(16384));
            Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveDescriptorAsync(buffer));
            StreamPair.Send(peer, "text"u8, (int)file.DangerousGetHandle());
            int descriptor = receiving.WaitAsync(EngineHost.Patience).Result;
            using var passed = new SafeFileHandle(descriptor, true);
            byte[] content = new byte[1];
            Assert.Equal(1, RandomAccess.Read(passed, content, 0));
            Assert.Equal(42, content[0]);
            Assert.Equal(LibC.FD_CLOEXEC, LibC.fcntl(descriptor, LibC.F_GETFD, 0));
            Assert.Equal("text"u8, buffer.Slice(0, 4).Span);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Of_several_descriptors_only_one_is_let_in(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        using (SafeFileHandle file = File.OpenHandle(host.NewFile("many", [42])))
        {
            int number = (int)file.DangerousGetHandle();
            StreamPair.Send(peer, "x"u8, number, number, number);
            IoBuffer buffer = host.Run(async () => host.Rent(4096));
            int descriptor = host.Run(() => socket.ReceiveDescriptorAsync(buffer));
            Assert.True(descriptor >= 0);
            Assert.Equal(2, ProcessResources.OpenFiles().Count(path => path == host.PathOf("many")));
            Assert.Equal(0, LibC.close(descriptor));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_message_without_descriptor_is_ENOMSG_and_the_end_ENOTCONN(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            IoBuffer buffer = host.Run(async () => host.Rent(4096));
            StreamPair.Send(peer, "only text"u8);
            Assert.Equal(-Errno.ENOMSG, host.Run(() => socket.ReceiveDescriptorAsync(buffer)));
            peer.Shutdown(SocketShutdown.Both);
            Assert.Equal(-Errno.ENOTCONN, host.Run(() => socket.ReceiveDescriptorAsync(buffer)));
        }
    }
}
