using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.ImageDrivers.Raw;

public sealed class RawImageTests : IDisposable
{
    private const int Size = 1 << 20;
    private readonly ImageFixture _fixture = new();
    private readonly ExtentList _extents = new(16);
    private int _requests;

    private SimulatedDisk Disk => _fixture.Disk;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Short_transfers_are_continued_to_the_end()
    {
        IImageDriver image = OpenFile();
        _fixture.Machine.Faults.Add(new SimulatedFault { IsShort = true });
        byte[] data = new byte[64 * 1024];
        new Random(1).NextBytes(data);
        _fixture.Write(image, 4096, data);
        Assert.Equal(data, Disk.Content(4096, data.Length));
        Assert.Equal(data, _fixture.Read(image, 4096, data.Length));
        Assert.True(Disk.Calls(SimulatedOperation.Write) > 1);
    }

    [Theory]
    [InlineData(ImageOptions.None)]
    [InlineData(ImageOptions.Buffered)]
    public void What_somebody_cut_off_reads_as_an_error_and_not_as_zeroes(ImageOptions options)
    {
        IImageDriver image = OpenFile(options);
        Disk.SetLength(1000);
        Assert.Equal(-Errno.EIO, _fixture.TryRead(image, 512, 512));
        Assert.Equal(-Errno.EIO, _fixture.TryRead(image, 0, 4096));
        Assert.Equal(-Errno.EIO, _fixture.TryRead(image, 8192, 512));
    }

    [Theory]
    [InlineData(SimulatedOperation.Read, Errno.EIO)]
    [InlineData(SimulatedOperation.Write, Errno.ENOSPC)]
    [InlineData(SimulatedOperation.Sync, Errno.EIO)]
    internal void An_error_of_the_storage_is_the_error_of_the_request(SimulatedOperation operation, int errno)
    {
        IImageDriver image = OpenFile();
        _fixture.Machine.Faults.Add(new SimulatedFault { Operation = operation, Errno = errno });
        int result = operation switch
        {
            SimulatedOperation.Read => _fixture.TryRead(image, 0, 4096),
            SimulatedOperation.Write => _fixture.Engine.Run(() => _fixture.WriteAsync(image, 0, new byte[4096])),
            _ => _fixture.Flush(image),
        };
        Assert.Equal(-errno, result);
    }

    [Fact]
    public void After_a_failed_flush_of_the_page_cache_no_flush_succeeds()
    {
        IImageDriver image = OpenFile(ImageOptions.Buffered);
        _fixture.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Sync, Count = 1, Errno = Errno.EIO });
        _fixture.Write(image, 0, new byte[4096]);
        Assert.Equal(-Errno.EIO, _fixture.Flush(image));
        Assert.Equal(-Errno.EIO, _fixture.Flush(image));
    }

    [Fact]
    public void After_a_failed_flush_of_direct_writes_the_next_may_succeed()
    {
        IImageDriver image = OpenFile();
        _fixture.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Sync, Count = 1, Errno = Errno.EIO });
        Assert.Equal(-Errno.EIO, _fixture.Flush(image));
        Assert.Equal(0, _fixture.Flush(image));
    }

    [Theory]
    [InlineData(WriteOptions.None, SimulatedOperation.PunchHole)]
    [InlineData(WriteOptions.NoHole, SimulatedOperation.ZeroRange)]
    internal void Zeroing_leaves_a_hole_only_where_it_may(WriteOptions options, SimulatedOperation expected)
    {
        IImageDriver image = OpenFile();
        _fixture.Write(image, 0, ImageFixture.Pattern(16384, 7));
        Assert.Equal(0, Zero(image, 4096, 8192, options));
        Assert.Equal(1, Disk.Calls(expected));
        Assert.Equal(ImageFixture.Pattern(8192, 0), Disk.Content(4096, 8192));
        Assert.Equal(7, Disk.Content(4095, 1)[0]);
        Assert.Equal(7, Disk.Content(12288, 1)[0]);
    }

    [Fact]
    public void Where_storage_cannot_zero_zeroes_are_written()
    {
        IImageDriver image = OpenFile();
        Disk.CanAllocate = false;
        _fixture.Write(image, 0, ImageFixture.Pattern(700_416, 7));
        Assert.Equal(0, Zero(image, 512, 699_392, WriteOptions.None));
        Assert.Equal(ImageFixture.Pattern(699_392, 0), Disk.Content(512, 699_392));
        Assert.Equal(7, Disk.Content(511, 1)[0]);
        Assert.Equal(7, Disk.Content(699_904, 1)[0]);

        // What it cannot is asked once.
        Zero(image, 0, 512, WriteOptions.None);
        Assert.Equal(1, Disk.Calls(SimulatedOperation.PunchHole));
        Assert.Equal(1, Disk.Calls(SimulatedOperation.ZeroRange));
    }

    [Fact]
    public void Fast_zeroing_writes_nothing_where_storage_cannot_zero()
    {
        IImageDriver image = OpenFile();
        Disk.CanAllocate = false;
        Assert.Equal(-Errno.EOPNOTSUPP, Zero(image, 0, 4096, WriteOptions.Fast));
        Assert.Equal(0, Disk.Calls(SimulatedOperation.Write));
    }

    [Fact]
    public void Fast_zeroing_without_hole_is_more_than_a_device_can_promise()
    {
        _fixture.Machine.Files.CreateDevice(ImageFixture.Path, Size);
        IImageDriver image = _fixture.Open();
        Assert.Equal(-Errno.EOPNOTSUPP, Zero(image, 0, 4096, WriteOptions.Fast | WriteOptions.NoHole));
        Assert.Equal(0, Zero(image, 0, 4096, WriteOptions.Fast));
    }

    [Fact]
    public void Discarding_gives_the_space_back()
    {
        IImageDriver image = OpenFile();
        _fixture.Write(image, 0, ImageFixture.Pattern(16384, 7));
        Assert.Equal(0, _fixture.Engine.Run(() => image.Ability<IDiscard>()!.DiscardAsync(4096, 8192, WriteOptions.None)));
        Assert.Equal(3, Status(image, 0, 16384));
        Assert.Equal(new Extent(8192, ExtentStates.Hole | ExtentStates.Zero), _extents[1]);
    }

    [Fact]
    public void A_discard_that_storage_cannot_do_is_a_hint_not_taken()
    {
        IImageDriver image = OpenFile();
        Disk.CanAllocate = false;
        IDiscard discard = image.Ability<IDiscard>()!;
        Assert.Equal(0, _fixture.Engine.Run(() => discard.DiscardAsync(0, 4096, WriteOptions.None)));
        Assert.Equal(0, _fixture.Engine.Run(() => discard.DiscardAsync(0, 4096, WriteOptions.None)));
        Assert.Equal(1, Disk.Calls(SimulatedOperation.Discard));
    }

    [Fact]
    public void Block_status_tells_data_from_holes_to_the_end()
    {
        IImageDriver image = OpenFile();
        _fixture.Write(image, 8192, ImageFixture.Pattern(4096, 1));
        Assert.Equal(3, Status(image, 0, Size));
        Assert.Equal(new Extent(8192, ExtentStates.Hole | ExtentStates.Zero), _extents[0]);
        Assert.Equal(new Extent(4096, ExtentStates.Data), _extents[1]);
        Assert.Equal(new Extent(Size - 12288, ExtentStates.Hole | ExtentStates.Zero), _extents[2]);
    }

    [Fact]
    public void Block_status_from_the_middle_of_a_block_begins_there()
    {
        IImageDriver image = OpenFile();
        _fixture.Write(image, 0, ImageFixture.Pattern(4096, 1));
        Assert.Equal(2, Status(image, 100, 8000));
        Assert.Equal(new Extent(3996, ExtentStates.Data), _extents[0]);
    }

    [Fact]
    public void Block_status_stops_when_the_list_is_full()
    {
        IImageDriver image = OpenFile();
        for (int block = 0; block < 64; block += 2)
            _fixture.Write(image, block * 4096, ImageFixture.Pattern(4096, 1));
        Assert.Equal(16, Status(image, 0, Size));
        Assert.Equal(16 * 4096, _extents.Length);
    }

    [Fact]
    public void Block_status_asks_the_file_system_a_bounded_number_of_times()
    {
        IImageDriver image = OpenFile();
        for (int block = 0; block < 256; block += 2)
            _fixture.Write(image, block * 4096, ImageFixture.Pattern(4096, 1));
        var many = new ExtentList(1000);
        Assert.Equal(0, _fixture.Engine.Run(() => image.Ability<IBlockStatus>()!.BlockStatusAsync(0, Size, many)));
        Assert.InRange(many.Count, 1, 130);
        Assert.InRange(Disk.Calls(SimulatedOperation.Seek), 1, 128);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_cannot_be_known_is_data(bool isDevice)
    {
        if (isDevice)
            _fixture.Machine.Files.CreateDevice(ImageFixture.Path, Size);
        else
            _fixture.Machine.Files.CreateFile(ImageFixture.Path, Size).CanSeek = false;
        Assert.Equal(1, Status(_fixture.Open(), 4096, 8192));
        Assert.Equal(new Extent(8192, ExtentStates.Data), _extents[0]);
    }

    [Fact]
    public void Closing_a_writable_image_flushes_it()
    {
        IImageDriver image = OpenFile();
        _fixture.Write(image, 0, ImageFixture.Pattern(4096, 3));
        Assert.Equal(0, _fixture.Engine.Run(image.CloseAsync));
        _fixture.Machine.Crash();
        Assert.Equal(ImageFixture.Pattern(4096, 3), Disk.Content(0, 4096));
    }

    [Fact]
    public void A_revoked_image_closes_without_touching_the_storage()
    {
        IImageDriver image = OpenFile();
        _fixture.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Write, Hangs = true });
        Task<int> write = _fixture.Engine.RunAsync(() => _fixture.WriteAsync(image, 0, new byte[4096]));
        _fixture.Engine.Run();
        Assert.False(write.IsCompleted);
        _fixture.Engine.Post(_fixture.Scope.Revoke);
        Assert.Equal(0, _fixture.Engine.Run(_fixture.Scope.DrainAsync));
        Assert.Equal(0, _fixture.Engine.Run(image.CloseAsync));
        Assert.Equal(0, Disk.Calls(SimulatedOperation.Sync));
        _fixture.Engine.AssertNothingLeaked();
    }

    [Fact]
    public void Reads_and_writes_allocate_nothing_once_warm()
    {
        _fixture.Machine.Files.CreateFile(ImageFixture.Path, Size).HasVolatileCache = false;
        IImageDriver image = _fixture.Open();
        IoBuffer buffer = _fixture.Engine.Buffers.Rent(4096, _fixture.Quota);
        Task<int> running = _fixture.Engine.RunAsync(() => RepeatAsync(image, buffer, 1000));
        Func<bool> isWarm = () => _requests > 250;
        Func<bool> isMeasured = () => _requests > 950;
        _fixture.Engine.RunUntil(isWarm);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _fixture.Engine.RunUntil(isMeasured);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.MostOnce);
        _fixture.Engine.RunUntil(() => running.IsCompletedSuccessfully);
    }

    private async IoTask<int> RepeatAsync(IImageDriver image, IoBuffer buffer, int count)
    {
        for (_requests = 0; _requests < count; _requests++)
        {
            int result = await image.WriteAsync(_requests % 16 * 4096, buffer, WriteOptions.None);
            result |= await image.ReadAsync(_requests % 16 * 4096, buffer);
            if (result != 0)
                return result;
        }
        return 0;
    }

    private IImageDriver OpenFile(ImageOptions options = ImageOptions.None)
    {
        _fixture.Machine.Files.CreateFile(ImageFixture.Path, Size);
        return _fixture.Open(options);
    }

    private int Zero(IImageDriver image, long offset, long length, WriteOptions options) =>
        _fixture.Engine.Run(() => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(offset, length, options));

    private int Status(IImageDriver image, long offset, long length)
    {
        _extents.Clear();
        Assert.Equal(0, _fixture.Engine.Run(() => image.Ability<IBlockStatus>()!.BlockStatusAsync(offset, length, _extents)));
        return _extents.Count;
    }
}
