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
                return buffer.Span.ToArray();
            });
            Assert.Equal(content, read);
            Assert.Equal(content, File.ReadAllBytes(path)[(128 << 10)..(192 << 10)]);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Memory_beyond_the_arena_serves_as_well(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind, o => o with { ArenaSize = 2 << 20 });
        byte[] content = Pattern(5 << 20, 2);
        string path = host.NewFile("f", content);
        byte[] read = host.WithFile(path, IoOpenOptions.Direct, async IoTask<byte[]> (file) =>
        {
            IoBuffer buffer = host.Rent(content.Length);
            Assert.Equal(content.Length, await file.ReadAsync(buffer, 0));
            return buffer.Span.ToArray();
        });
        Assert.Equal(content, read);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_read_is_short_at_the_end_of_the_file_and_empty_beyond(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            foreach (int length in (int[])[4096 + 512, 4096 + 100])
            {
                byte[] content = Pattern(length, 3);
                string path = host.NewFile($"{options}{length}", content);
                _ = host.WithFile(path, options | IoOpenOptions.ReadOnly, async IoTask<int> (file) =>
                {
                    IoBuffer buffer = host.Rent(16384);
                    Assert.Equal(length, await file.ReadAsync(buffer, 0));
                    Assert.Equal(content, buffer.Slice(0, length).Span.ToArray());
                    Assert.Equal(length - 4096, await file.ReadAsync(buffer, 4096));
                    Assert.Equal(0, await file.ReadAsync(buffer, 8192));
                    Assert.Equal(length, file.Length);
                    return 0;
                });
            }
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_durable_write_is_written(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            string path = host.NewFile($"{options}", new byte[8192]);
            _ = host.WithFile(path, options, async IoTask<int> (file) =>
            {
                IoBuffer buffer = host.Rent(4096);
                buffer.Span.Fill(7);
                Assert.Equal(4096, await file.WriteAsync(buffer, 4096, durable: true));
                return 0;
            });
            Assert.Equal(7, File.ReadAllBytes(path)[4096]);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void The_kernels_refusals_come_as_negative_errno(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[8192]);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            _ = host.WithFile(path, options, async IoTask<int> (file) =>
            {
                IoBuffer buffer = host.Rent(4096);
                Assert.Equal(-Errno.EFBIG, await file.WriteAsync(buffer, 1L << 60));
                Assert.Equal(-Errno.EINVAL, await file.ReadAsync(buffer, -4096));
                if (file.IsDirect)
                    Assert.Equal(-Errno.EINVAL, await file.ReadAsync(buffer.Slice(0, 100), 0));
                return 0;
            });
            _ = host.WithFile(path, options | IoOpenOptions.ReadOnly, async IoTask<int> (file) =>
            {
                Assert.Equal(-Errno.EBADF, await file.WriteAsync(host.Rent(4096), 0));
                return 0;
            });
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_closed_file_refuses_with_EBADF_and_closes_again(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[8192]);
        _ = host.Run(async IoTask<int> () =>
        {
            IoFile file = await host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.None);
            Assert.Equal(0, await file.CloseAsync());
            Assert.Equal(0, await file.CloseAsync());
            IoBuffer buffer = host.Rent(4096);
            Assert.Equal(-Errno.EBADF, await file.ReadAsync(buffer, 0));
            Assert.Equal(-Errno.EBADF, await file.WriteAsync(buffer, 0));
            Assert.Equal(-Errno.EBADF, await file.SyncAsync());
            Assert.Equal(-Errno.EBADF, await file.TruncateAsync(0));
            Assert.Equal(-Errno.EBADF, await file.SeekAsync(IoSeek.Data, 0));
            Assert.Equal(-Errno.EBADF, await file.LockAsync(IoLock.Shared));
            Assert.Equal(-Errno.EBADF, await file.RefreshAsync());
            Assert.Equal(-Errno.EBADF, await file.AllocateAsync(IoAllocateMode.PunchHole, 0, 4096));
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Closing_waits_for_what_is_in_flight(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[4 << 20]);
        _ = host.Run(async IoTask<int> () =>
        {
            IoFile file = await host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.Direct);
            IoBuffer buffer = host.Rent(4 << 20);
            IoTask<int>[] reads = [.. Enumerable.Range(0, 50).Select(_ => file.ReadAsync(buffer, 0))];
            Assert.Equal(0, await file.CloseAsync());
            Assert.Equal(0, host.Scope.Outstanding);
            foreach (IoTask<int> read in reads)
                Assert.Equal(4 << 20, await read);
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_new_length_shows_after_a_refresh(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[4096]);
        _ = host.WithFile(path, IoOpenOptions.None, async IoTask<int> (file) =>
        {
            Assert.Equal(0, await file.TruncateAsync(12288));
            Assert.Equal(12288, file.Length);
            using (FileStream other = File.OpenWrite(path))
                other.SetLength(20480);
            Assert.Equal(12288, file.Length);
            Assert.Equal(0, await file.RefreshAsync());
            Assert.Equal(20480, file.Length);
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Ranges_are_reserved_zeroed_and_given_back(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", [.. Enumerable.Repeat((byte)1, 256 << 10)]);
        _ = host.WithFile(path, IoOpenOptions.None, async IoTask<int> (file) =>
        {
            int punched = await file.AllocateAsync(IoAllocateMode.PunchHole, 64 << 10, 64 << 10);
            Skip.If(punched == -Errno.EOPNOTSUPP, "the file system cannot punch holes");
            Assert.Equal(0, punched);
            Assert.Equal(0, await file.AllocateAsync(IoAllocateMode.ZeroRange, 192 << 10, 4096));
            Assert.Equal(0, await file.AllocateAsync(IoAllocateMode.AllocateKeepSize, 256 << 10, 4096));
            Assert.Equal(0, await file.RefreshAsync());
            Assert.Equal(256 << 10, file.Length);
            Assert.Equal(0, await file.AllocateAsync(IoAllocateMode.Allocate, 256 << 10, 4096));
            Assert.Equal(0, await file.RefreshAsync());
            Assert.Equal((256 << 10) + 4096, file.Length);
            Assert.Equal(64 << 10, await file.SeekAsync(IoSeek.Hole, 0));
            Assert.Equal(128 << 10, await file.SeekAsync(IoSeek.Data, 64 << 10));
            Assert.Equal(-Errno.ENXIO, await file.SeekAsync(IoSeek.Data, 1 << 20));
            Assert.Equal(-Errno.EINVAL, await file.AllocateAsync(IoAllocateMode.Allocate, 0, -1));
            return 0;
        });
        byte[] content = File.ReadAllBytes(path);
        Assert.All(content[(64 << 10)..(128 << 10)], b => Assert.Equal(0, b));
        Assert.Equal((1, 0, 0, 1), (content[0], content[192 << 10], content[(192 << 10) + 4095], content[(192 << 10) + 4096]));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_lock_keeps_others_out_until_it_is_given_up(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[4096]);
        _ = host.Run(async IoTask<int> () =>
        {
            IoFile first = await host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.None);
            IoFile second = await host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.None);
            Assert.Equal(0, await first.LockAsync(IoLock.Exclusive));
            Assert.Equal(-Errno.EAGAIN, await second.LockAsync(IoLock.Exclusive));
            Assert.Equal(-Errno.EAGAIN, await second.LockAsync(IoLock.Shared));
            Assert.Equal(0, await first.LockAsync(IoLock.Shared));
            Assert.Equal(0, await second.LockAsync(IoLock.Shared));
            Assert.Equal(-Errno.EAGAIN, await second.LockAsync(IoLock.Exclusive));
            Assert.Equal(0, await first.LockAsync(IoLock.None));
            Assert.Equal(0, await second.LockAsync(IoLock.Exclusive));
            await second.CloseAsync();
            Assert.Equal(0, await first.LockAsync(IoLock.Exclusive));
            return await first.CloseAsync();
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Buffered_files_need_no_alignment_and_direct_ones_a_power_of_two(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[4096]);
        Assert.Equal(1, host.WithFile(path, IoOpenOptions.None, async IoTask<int> (file) => file.Alignment));
        int alignment = host.WithFile(path, IoOpenOptions.Direct, async IoTask<int> (file) => file.Alignment);
        Assert.InRange(alignment, 1, 4096);
        Assert.True(int.IsPow2(alignment));
    }

    private static byte[] Pattern(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
