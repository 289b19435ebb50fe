using System.Runtime.InteropServices;
using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class FileTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_is_written_can_be_read(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            byte[] content = Pattern(64 << 10, 1);
            string path = host.NewFile($"{options}", new byte[1 << 20]);
            byte[] read = host.WithFile(path, options, async IoTask<byte[]> (file) =>
            {
                IoBuffer buffer = host.Rent(content.Length);
                content.CopyTo(buffer.Span);
                Assert.Equal(content.Length, await file.WriteAsync(buffer, 128 << 10));
                Assert.Equal(0, await file.SyncAsync());
                buffer.Span.Clear();
                Assert.Equal(content.Length, await file.ReadAsync(buffer, 128 << 10));
                byte[] copy = buffer.Span.ToArray();
                host.Engine.Buffers.Return(buffer, host.Quota);
                return copy;
            });
            Assert.Equal(content, read);
            Assert.Equal(content, File.ReadAllBytes(path)[(128 << 10)..(192 << 10)]);
        }
    }

    private static byte[] Pattern(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
