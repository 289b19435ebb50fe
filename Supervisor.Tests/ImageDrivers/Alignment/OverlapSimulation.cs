using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines.Simulated;
using Tapvisor.BlockIo.Engines.Simulated.Faults;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;

namespace Tapvisor.Tests.ImageDrivers.Alignment;

/// <summary>
/// Batches of requests at once, of any offset, length and address and overlapping at will, against a model of the bytes: what one of a
/// batch covers may end as any of those that cover it, what none covers may not change.
/// </summary>
internal sealed class OverlapSimulation : IDisposable
{
    private const int Size = 48 * 1024;
    private const int Batches = 12;
    private readonly Random _random;
    private readonly ImageFixture _fixture;
    private readonly int _sector;
    private readonly HashSet<byte>[] _possible = [.. Enumerable.Range(0, Size).Select(_ => new HashSet<byte>())];
    private byte[] _content = new byte[Size];

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
        for (int batch = 0; batch < Batches; batch++)
        {
            Task<int>[] requests = [.. Enumerable.Range(1, _random.Next(2, 25)).Select(id => Start(image, (byte)((batch * 20) + id)))];
            _fixture.Engine.RunUntil(() => requests.All(r => r.IsCompleted));
            Assert.All(requests, r => Assert.True(r.IsCompletedSuccessfully));
            Check(_fixture.Disk.Content(0, Size));
        }
        _fixture.Engine.AssertNothingLeaked();
    }

    private Task<int> Start(IImageDriver image, byte value)
    {
        bool isWhole = _random.Next(3) == 0;
        int unit = isWhole ? _sector : 1;
        int length = Math.Max(unit, _random.Next(1, _random.Next(2) == 0 ? 600 : 12_000) / unit * unit);
        int offset = _random.Next(Size - length + 1) / unit * unit;
        switch (_random.Next(8))
        {
            case 0:
                Cover(offset, length, 0);
                return _fixture.Engine.RunAsync(() => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(offset, length, WriteOptions.None));
            case 1:
                Cover(offset, length, 0);
                for (int at = offset; at < offset + length; at++)
                    _possible[at].Add(_content[at]);
                return _fixture.Engine.RunAsync(() => image.Ability<IDiscard>()!.DiscardAsync(offset, length, WriteOptions.None));
            case 2:
                return _fixture.Engine.RunAsync(() => ReadAsync(image, offset, length));
            default:
                Cover(offset, length, value);
                int skew = _random.Next(2) * _random.Next(512);
                return _fixture.Engine.RunAsync(() => WriteAsync(image, offset, length, skew, value));
        }
    }

    private void Cover(int offset, int length, byte value)
    {
        for (int at = offset; at < offset + length; at++)
            _possible[at].Add(value);
    }

    private void Check(byte[] content)
    {
        for (int at = 0; at < Size; at++)
        {
            bool isRight = _possible[at].Count == 0 ? content[at] == _content[at] : _possible[at].Contains(content[at]);
            if (!isRight)
                Assert.Fail($"Byte {at} was {_content[at]} and is {content[at]}; written were {string.Join(", ", _possible[at])}.");
            _possible[at].Clear();
        }
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
