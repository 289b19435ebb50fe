using Tapvisor.BlockIo.Buffers;

namespace Tapvisor.Tests.BlockIo.Buffers;

public sealed class BufferPoolTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly ArenaBufferPool _pool = new(4 * MiB, 4 * MiB);
    private readonly BufferQuota _quota = new(long.MaxValue);

    public void Dispose() => _pool.Free();

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 64 << 10)]
    [InlineData(64 << 10, 64 << 10)]
    [InlineData((64 << 10) + 1, 256 << 10)]
    [InlineData((256 << 10) + 1, 2 * MiB)]
    [InlineData(2 * MiB, 2 * MiB)]
    [InlineData((2 * MiB) + 1, (2 * MiB) + 4096)]
    [InlineData(32 * MiB, 32 * MiB)]
    public void A_buffer_has_the_length_asked_for_and_counts_with_its_real_size(int length, int size)
    {
        IoBuffer buffer = _pool.Rent(length, _quota);
        Assert.Equal(length, buffer.Length);
        Assert.Equal(0, buffer.Address % 4096);
        Assert.Equal(size, _quota.InUse);
        buffer.Span.Fill(1);
        _pool.Return(buffer, _quota);
        Assert.Equal(0, _quota.InUse);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((32 * MiB) + 1)]
    public void A_length_out_of_range_is_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(length, _quota));

    [Fact]
    public void A_quota_is_kept_and_a_disk_that_holds_nothing_gets_one_buffer()
    {
        var quota = new BufferQuota(128 << 10);
        Assert.True(_pool.TryRent(64 << 10, quota, out IoBuffer first));
        Assert.True(_pool.TryRent(40_000, quota, out IoBuffer second));
        Assert.False(_pool.TryRent(1, quota, out _));
        IoBuffer beyond = _pool.Rent(1, quota);
        Assert.Equal((128 << 10) + 4096, quota.InUse);
        _pool.Return(first, quota);
        Assert.True(_pool.TryRent(4096, quota, out IoBuffer third));
        foreach (IoBuffer buffer in (IoBuffer[])[second, beyond, third])
            _pool.Return(buffer, quota);
        Assert.True(_pool.TryRent(2 * MiB, quota, out IoBuffer large));
        Assert.False(_pool.TryRent(1, quota, out _));
        _pool.Return(large, quota);
        Assert.Equal(0, quota.InUse);
    }

    [Fact]
    public void Returning_twice_or_a_slice_or_a_strangers_memory_is_detected()
    {
        IoBuffer small = _pool.Rent(4096, _quota);
        IoBuffer large = _pool.Rent(3 * MiB, _quota);
        IoBuffer neighbour = _pool.Rent(4096, _quota);
        Assert.Throws<InvalidOperationException>(() => _pool.Return(small.Slice(512), _quota));
        Assert.Throws<InvalidOperationException>(() => _pool.Return(large.Slice(4096), _quota));
        Assert.Throws<InvalidOperationException>(() => _pool.Return(new IoBuffer(4096, 4096), _quota));
        _pool.Return(small, _quota);
        _pool.Return(large, _quota);
        Assert.Throws<InvalidOperationException>(() => _pool.Return(small, _quota));
        Assert.Throws<InvalidOperationException>(() => _pool.Return(large, _quota));
        _pool.Return(neighbour, _quota);
        Assert.Equal(0, _quota.InUse);
        Assert.Throws<InvalidOperationException>(() => _pool.Return(neighbour, _quota));
    }

    [Fact]
    public void The_wrong_quota_is_detected()
    {
        IoBuffer buffer = _pool.Rent(4096, _quota);
        Assert.Throws<InvalidOperationException>(() => _pool.Return(buffer, new BufferQuota(1 * MiB)));
    }

    [Fact]
    public void The_arena_is_used_first_and_what_lies_beyond_is_given_back()
    {
        IoBuffer[] arena = [.. Enumerable.Range(0, 2).Select(_ => _pool.Rent(2 * MiB, _quota))];
        Assert.All(arena, b => Assert.True(_pool.IsInArena(b.Address, (uint)b.Length)));
        Assert.Equal(0, _pool.OverflowBytes);
        IoBuffer[] beyond = [.. Enumerable.Range(0, 10).Select(_ => _pool.Rent(2 * MiB, _quota))];
        Assert.All(beyond, b => Assert.False(_pool.IsInArena(b.Address, 1)));
        long most = _pool.OverflowBytes;
        Assert.True(most >= 20 * MiB);
        foreach (IoBuffer buffer in beyond)
            _pool.Return(buffer, _quota);

        // Two unused slabs (4 MiB) are kept; a mapping holds a slab wherever it starts, so it is twice as large.
        Assert.Equal(8 * MiB, _pool.OverflowBytes);
        _pool.Return(arena[0], _quota);
        Assert.Equal(arena[0].Address, _pool.Rent(64 << 10, _quota).Address & ~(nint)((2 * MiB) - 1));
    }

    [Fact]
    public void Buffers_never_overlap_and_everything_comes_back()
    {
        const int Seed = 77;
        var random = new Random(Seed);
        int[] lengths = [1, 512, 4096, 4097, 20_000, 65_536, 100_000, 262_144, 300_000, 1 * MiB, 2 * MiB, 5 * MiB];
        var held = new List<(IoBuffer Buffer, byte Mark)>();
        for (int i = 0; i < 5000; i++)
        {
            if (held.Count > 0 && (held.Count > 60 || random.Next(2) == 0))
            {
                int index = random.Next(held.Count);
                (IoBuffer buffer, byte mark) = held[index];
                held.RemoveAt(index);
                Assert.True(!buffer.Span.ContainsAnyExcept(mark), $"step {i}: somebody else wrote to a buffer (seed {Seed})");
                _pool.Return(buffer, _quota);
            }
            else
            {
                IoBuffer buffer = _pool.Rent(lengths[random.Next(lengths.Length)], _quota);
                byte mark = (byte)random.Next(256);
                buffer.Span.Fill(mark);
                held.Add((buffer, mark));
            }
        }
        foreach ((IoBuffer buffer, _) in held)
            _pool.Return(buffer, _quota);
        Assert.Equal(0, _quota.InUse);
        Assert.True(_pool.OverflowBytes <= 8 * MiB);
    }
}
