using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.ImageDrivers.Layers.Alignment;

public sealed class AlignedImageTests : IDisposable
{
    private const int Size = 1 << 20;
    private const int Sector = 4096;
    private readonly ImageFixture _fixture = new();
    private readonly IImageDriver _image;

    public AlignedImageTests()
    {
        _fixture.Machine.Files.CreateDevice(ImageFixture.Path, Size, Sector);
        _image = _fixture.Open();
    }

    private SimulatedDisk Disk => _fixture.Disk;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4095, 2)]
    [InlineData(100, 200)]
    [InlineData(1, Sector)]
    [InlineData(Sector, Sector)]
    [InlineData(Sector - 1, (3 * Sector) + 2)]
    [InlineData(5, 500_000)]
    [InlineData(Size - 1, 1)]
    public void Any_range_is_written_and_nothing_around_it(int offset, int length)
    {
        byte[] expected = new byte[Size];
        new Random(offset).NextBytes(expected);
        Disk.Fill(0, expected);
        byte[] data = ImageFixture.Pattern(length, 77);
        _fixture.Write(_image, offset, data);
        data.CopyTo(expected, offset);
        Assert.Equal(expected, Disk.Content(0, Size));
        Assert.Equal(data, _fixture.Read(_image, offset, length));
        _fixture.Engine.Run(_image.CloseAsync);
        _fixture.Engine.AssertNothingLeaked();
    }

    [Theory]
    [InlineData(100, 50)]
    [InlineData(0, 100)]
    [InlineData(4000, 200)]
    [InlineData(10, 3 * Sector)]
    [InlineData(Sector, Sector)]
    [InlineData(Size - 10, 10)]
    public void Any_range_is_zeroed_and_nothing_around_it(int offset, int length)
    {
        byte[] expected = ImageFixture.Pattern(Size, 9);
        Disk.Fill(0, expected);
        Assert.Equal(0, Zero(offset, length, WriteOptions.None));
        expected.AsSpan(offset, length).Clear();
        Assert.Equal(expected, Disk.Content(0, Size));
    }

    [Fact]
    public void Fast_zeroing_that_cannot_be_fast_changes_nothing()
    {
        Disk.Fill(0, ImageFixture.Pattern(Size, 9));
        Disk.CanAllocate = false;
        Assert.Equal(-Errno.EOPNOTSUPP, Zero(10, 3 * Sector, WriteOptions.Fast));
        Assert.Equal(ImageFixture.Pattern(Size, 9), Disk.Content(0, Size));
    }

    [Theory]
    [InlineData(1, 4095, 0)]
    [InlineData(1, Sector, 0)]
    [InlineData(1, 2 * Sector, 1)]
    public void Only_whole_blocks_are_discarded(long offset, long length, int discards)
    {
        byte[] filled = ImageFixture.Pattern(Size, 9);
        Disk.Fill(0, filled);
        Assert.Equal(0, _fixture.Engine.Run(() => _image.Ability<IDiscard>()!.DiscardAsync(offset, length, WriteOptions.None)));
        Assert.Equal(discards, Disk.Calls(SimulatedOperation.Discard));
        Assert.Equal(ImageFixture.Pattern(Sector, 9), Disk.Content(0, Sector));
        Assert.Equal(ImageFixture.Pattern(Sector, 9), Disk.Content(2 * Sector, Sector));
    }

    [Fact]
    public void Memory_that_is_not_aligned_serves_too()
    {
        IoBuffer memory = _fixture.Engine.Buffers.Rent(Sector + 100, _fixture.Quota);
        IoBuffer skewed = memory.Slice(100);
        skewed.Span.Fill(6);
        Assert.Equal(0, _fixture.Engine.Run(() => _image.WriteAsync(Sector, skewed, WriteOptions.None)));
        Assert.Equal(0, Disk.Calls(SimulatedOperation.Read));
        skewed.Span.Clear();
        Assert.Equal(0, _fixture.Engine.Run(() => _image.ReadAsync(Sector, skewed)));
        Assert.Equal(-1, skewed.Span.IndexOfAnyExcept((byte)6));
    }

    [Fact]
    public void An_unaligned_durable_write_is_durable()
    {
        _fixture.Write(_image, 5, [1, 2, 3], WriteOptions.Durable);
        _fixture.Machine.Crash();
        Assert.Equal([1, 2, 3], Disk.Content(5, 3));
    }

    [Theory]
    [InlineData(SimulatedOperation.Read)]
    [InlineData(SimulatedOperation.Write)]
    internal void An_error_on_the_way_is_the_error_of_the_request(SimulatedOperation operation)
    {
        _fixture.Machine.Faults.Add(new SimulatedFault { Operation = operation, Count = 1, Errno = Errno.EIO });
        Assert.Equal(-Errno.EIO, _fixture.Engine.Run(() => _fixture.WriteAsync(_image, 5, [1, 2, 3])));

        // What it held has been given back.
        Assert.Equal(0, _fixture.Engine.Run(() => _fixture.WriteAsync(_image, 5, [1, 2, 3])));
        _fixture.Engine.AssertNothingLeaked();
    }

    [Fact]
    public void Many_unaligned_requests_share_a_bounded_number_of_bounce_buffers()
    {
        var pool = (SimulatedBufferPool)_fixture.Engine.Buffers;
        _fixture.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Read, Count = 100, Hangs = true });
        Task<int>[] writes = [.. Enumerable.Range(0, 100).Select(
            i => _fixture.Engine.RunAsync(() => _fixture.WriteAsync(_image, (i * 2 * Sector) + 1, [(byte)(i + 1)])))];
        _fixture.Engine.Run();
        Assert.Equal(100 + BouncePool.MaxBuffers, pool.Rented);
        _fixture.Machine.Faults.Clear();
        _fixture.Machine.ReleaseHung();
        _fixture.Engine.RunUntil(() => writes.All(w => w.IsCompletedSuccessfully));
        for (int i = 0; i < 100; i++)
            Assert.Equal(i + 1, Disk.Content((i * 2 * Sector) + 1, 1)[0]);
        _fixture.Engine.AssertNothingLeaked();
    }

    [Fact]
    public void An_image_that_is_not_made_of_whole_blocks_is_refused()
    {
        var odd = new StubImage(new ImageInfo(Sector + 512, 512, Sector, IsReadOnly: false));
        Assert.Equal(Errno.EINVAL, Assert.Throws<BlockException>(() => new AlignedImage(odd, _fixture.Engine.Buffers)).Errno);
    }

    [Fact]
    public void An_ability_that_is_missing_below_is_missing()
    {
        var image = new AlignedImage(new StubImage(new ImageInfo(Sector, 512, 512, IsReadOnly: false)), _fixture.Engine.Buffers);
        Assert.Null(image.Ability<IDiscard>());
        Assert.Null(image.Ability<IBlockStatus>());
        Assert.NotNull(_image.Ability<IDiscard>());
    }

    [Fact]
    public void Status_begins_at_the_byte_asked_for()
    {
        var extents = new ExtentList(4);
        Assert.Equal(0, _fixture.Engine.Run(() => Tiny(512).BlockStatusAsync(700, 1000, extents)));
        Assert.Equal(new Extent(324, ExtentStates.Hole), extents[0]);
        Assert.Equal(new Extent(512, ExtentStates.Data), extents[1]);
    }

    [Fact]
    public void Status_that_ends_before_the_byte_asked_for_says_data()
    {
        var extents = new ExtentList(1);
        Assert.Equal(0, _fixture.Engine.Run(() => Tiny(512).BlockStatusAsync(700, 1000, extents)));
        Assert.Equal((1, new Extent(1000, ExtentStates.Data)), (extents.Count, extents[0]));
    }

    private AlignedImage Tiny(int extent) => new(new StripedImage(Size, Sector, extent), _fixture.Engine.Buffers);

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void Concurrent_requests_never_lose_each_others_bytes(int sector) => Seeds.Run(150, seed =>
    {
        using var simulation = new OverlapSimulation(seed, sector);
        simulation.Run();
    });

    private int Zero(long offset, long length, WriteOptions options) =>
        _fixture.Engine.Run(() => _image.Ability<IWriteZeroes>()!.WriteZeroesAsync(offset, length, options));
}
