using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdBufferLineTests : IDisposable
{
    private readonly SimulatedEngine _engine = new(1);
    private readonly BufferQuota _quota = new(16384);
    private readonly NbdBufferLine _line;
    private readonly NbdBufferHolder _one = new();
    private readonly NbdBufferHolder _two = new();
    private readonly NbdBufferHolder _three = new();

    public NbdBufferLineTests() => _line = new NbdBufferLine(_engine.Buffers, _quota);

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Each_connection_gets_one_buffer_whatever_the_others_hold()
    {
        Rent(_one, 8192);
        Rent(_one, 8192);
        Assert.False(_line.TryRent(_one, 4096, out _));
        Assert.Equal(1 << 20, Rent(_two, 1 << 20).Length);
    }

    [Fact]
    public void Who_came_first_is_served_first_and_nobody_overtakes()
    {
        IoBuffer ones = Rent(_one, 4096);
        IoBuffer twos = Rent(_two, 4096);
        Rent(_three, 8192);
        Task<IoBuffer> first = Wait(_one, 8192);
        Task<IoBuffer> second = Wait(_two, 4096);
        Return(_one, ones);
        Assert.True(first.IsCompleted, "It holds no other buffer.");
        Assert.False(second.IsCompleted);
        Assert.False(_line.TryRent(_three, 4096, out _));
        Return(_two, twos);
        Assert.True(second.IsCompleted);
        Assert.Equal(0, _line.Waiting);
    }

    [Fact]
    public void One_large_return_serves_several()
    {
        IoBuffer large = Rent(_one, 8192);
        Rent(_two, 4096);
        Rent(_three, 4096);
        Task<IoBuffer> first = Wait(_two, 4096);
        Task<IoBuffer> second = Wait(_three, 4096);
        Assert.False(first.IsCompleted || second.IsCompleted);
        Return(_one, large);
        Assert.True(first.IsCompleted && second.IsCompleted);
        Assert.Equal(16384, _quota.InUse);
        Assert.Equal(0, _line.Waiting);
    }

    private IoBuffer Rent(NbdBufferHolder holder, int length)
    {
        Assert.True(_line.TryRent(holder, length, out IoBuffer buffer));
        return buffer;
    }

    private Task<IoBuffer> Wait(NbdBufferHolder holder, int length)
    {
        Task<IoBuffer> task = _engine.RunAsync(() => _line.RentAsync(holder, length));
        _engine.Run();
        return task;
    }

    private void Return(NbdBufferHolder holder, IoBuffer buffer) => _engine.Run(() =>
    {
        _line.Return(holder, buffer);
        return new IoTask<int>(0);
    });
}
