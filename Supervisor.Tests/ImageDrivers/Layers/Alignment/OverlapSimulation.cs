using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;

namespace Tapvisor.Tests.ImageDrivers.Layers.Alignment;

/// <summary>
/// Batches of requests at once, of any offset, length and address and overlapping at will, against a model of the bytes: what one of a
/// batch covers may end as any of those that cover it, what none covers may not change.
/// </summary>
internal sealed class OverlapSimulation : IDisposable
{
    private const int Size = 48 * 1024;
    private const int Batches = 10;
    private const int MaxRequests = 25;
    private const uint Zeroes = 1;
    private const uint Unchanged = 1u << 31;
    private readonly Random _random;
    private readonly ImageFixture _fixture;
    private readonly int _sector;

    // Of each byte, which requests of the batch (by number), zeroes or nothing may have decided it.
    private readonly uint[] _possible = new uint[Size];
    private byte[] _content = new byte[Size];
    private int _batch;

    internal OverlapSimulation(int seed, int sector)
    {
        _random = new Random(seed);
        _sector = sector;
        _fixture = new ImageFixture(seed);
    }

    public void Dispose() => _fixture.Dispose();

    internal void Run()
    {
        _fixture.Machine.Files.CreateDevice(ImageFixture.Path, Size, _sector);
        _fixture.Machine.Faults.Add(new SimulatedFault { IsShort = true, OneIn = 4 });
        IImageDriver image = _fixture.Open();
        for (_batch = 0; _batch < Batches; _batch++)
        {
            Task<int>[] requests = [.. Enumerable.Range(1, _random.Next(2, MaxRequests)).Select(number => Start(image, number))];
            _fixture.Engine.RunUntil(() => requests.All(r => r.IsCompleted));
            Assert.All(requests, r => Assert.True(r.IsCompletedSuccessfully));
            Check(_fixture.Disk.Content(0, Size));
        }
        _fixture.Engine.AssertNothingLeaked();
    }

    private byte ValueOf(int number) => (byte)((_batch * MaxRequests) + number);

    private Task<int> Start(IImageDriver image, int number)
    {
        int unit = _random.Next(3) == 0 ? _sector : 1;
        int length = Math.Max(unit, _random.Next(1, _random.Next(2) == 0 ? 600 : 12_000) / unit * unit);
        int offset = _random.Next(Size - length + 1) / unit * unit;
        switch (_random.Next(8))
        {
            case 0:
                Cover(offset, length, Zeroes);
                return _fixture.Engine.RunAsync(() => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(offset, length, WriteOptions.None));
            case 1:
                Cover(offset, length, Zeroes | Unchanged);
                return _fixture.Engine.RunAsync(() => image.Ability<IDiscard>()!.DiscardAsync(offset, length, WriteOptions.None));
            case 2:
                return _fixture.Engine.RunAsync(() => ReadAsync(image, offset, length));
            default:
                Cover(offset, length, 1u << number);
                int skew = _random.Next(2) * _random.Next(512);
                byte value = ValueOf(number);
                return _fixture.Engine.RunAsync(() => WriteAsync(image, offset, length, skew, value));
        }
    }

    private void Cover(int offset, int length, uint possible)
    {
        foreach (ref uint mask in _possible.AsSpan(offset, length))
            mask |= possible;
    }

    private void Check(byte[] content)
    {
        for (int at = 0; at < Size; at++)
        {
            uint mask = _possible[at];
            byte now = content[at];
            int number = now - (_batch * MaxRequests);
            bool isRight = (now == _content[at] && (mask == 0 || (mask & Unchanged) != 0))
                || (now == 0 && (mask & Zeroes) != 0)
                || (number is > 0 and < MaxRequests && (mask & (1u << number)) != 0);
            if (!isRight)
                Assert.Fail($"Byte {at} was {_content[at]} and is {now} after batch {_batch}; what was written there is {mask:b}.");
        }
        Array.Clear(_possible);
        _content = content;
    }

    private async IoTask<int> WriteAsync(IImageDriver image, long offset, int length, int skew, byte value)
    {
        IoBuffer memory = _fixture.Engine.Buffers.Rent(length + skew, _fixture.Quota);
        memory.Span.Fill(value);
        int result = await image.WriteAsync(offset, memory.Slice(skew), WriteOptions.None);
        Assert.Equal(-1, memory.Span.IndexOfAnyExcept(value));
        _fixture.Engine.Buffers.Return(memory, _fixture.Quota);
        Assert.Equal(0, result);
        return result;
    }

    // What a read returns while others write is any mix; what none of them covers is checked after each batch.
    private async IoTask<int> ReadAsync(IImageDriver image, long offset, int length)
    {
        IoBuffer memory = _fixture.Engine.Buffers.Rent(length, _fixture.Quota);
        int result = await image.ReadAsync(offset, memory);
        _fixture.Engine.Buffers.Return(memory, _fixture.Quota);
        Assert.Equal(0, result);
        return result;
    }
}
