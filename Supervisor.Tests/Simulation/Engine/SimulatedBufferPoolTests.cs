using Tapvisor.BlockIo.Buffers;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.Simulation.Engine;

public sealed class SimulatedBufferPoolTests : IDisposable
{
    private readonly SimulatedBufferPool _pool = new();
    private readonly BufferQuota _quota = new(64 * 1024);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_buffer_is_page_aligned_and_holds_nothing_useful()
    {
        IoBuffer buffer = _pool.Rent(1000, _quota);
        Assert.Equal(1000, buffer.Length);
        Assert.Equal(0, buffer.Address % 4096);
        Assert.NotEqual(0, buffer.Span[999]);
    }

    [Fact]
    public void The_quota_counts_real_sizes_and_ends()
    {
        Assert.True(_pool.TryRent(40_000, _quota, out IoBuffer buffer));
        Assert.Equal(65_536, _quota.InUse);
        Assert.False(_pool.TryRent(1, _quota, out _));
        _pool.Return(buffer, _quota);
        Assert.Equal(0, _quota.InUse);
        Assert.True(_pool.TryRent(1, _quota, out _));
    }

    [Fact]
    public void Writing_behind_a_buffer_is_found_when_it_returns()
    {
        IoBuffer buffer = _pool.Rent(1000, _quota);
        unsafe
        {
            ((byte*)buffer.Address)[1000] = 0;
        }
        Refuses("overrun", () => _pool.Return(buffer, _quota));
    }

    [Fact]
    public void Writing_before_a_buffer_is_found_when_it_returns()
    {
        IoBuffer buffer = _pool.Rent(1000, _quota);
        unsafe
        {
            ((byte*)buffer.Address)[-1] = 0;
        }
        Refuses("underrun", () => _pool.Return(buffer, _quota));
    }

    [Fact]
    public void Writing_after_the_return_is_found_when_it_is_rented_again()
    {
        IoBuffer buffer = _pool.Rent(1000, _quota);
        _pool.Return(buffer, _quota);
        buffer.Span[7] = 0;
        Refuses("after its return", () => _pool.Rent(1000, _quota));
    }

    [Fact]
    public void A_buffer_returns_once_whole_and_under_its_quota()
    {
        IoBuffer buffer = _pool.Rent(1000, _quota);
        Refuses("one of 10", () => _pool.Return(buffer.Slice(0, 10), _quota));
        buffer = _pool.Rent(1000, _quota);
        Refuses("another quota", () => _pool.Return(buffer, new BufferQuota(1)));
        buffer = _pool.Rent(1000, _quota);
        _pool.Return(buffer, _quota);
        Refuses("twice", () => _pool.Return(buffer, _quota));
    }

    [Fact]
    public void A_leak_is_reported_with_its_length()
    {
        _pool.AssertNothingLeaked();
        _pool.Rent(1234, _quota);
        Refuses("1234", _pool.AssertNothingLeaked);
    }

    private static void Refuses(string why, Action act) =>
        Assert.Contains(why, Assert.Throws<InvalidOperationException>(act).Message, StringComparison.Ordinal);
}
