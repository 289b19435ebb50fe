using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Layers.Faults;
using Tapvisor.Native;

namespace Tapvisor.Tests.ImageDrivers.Layers.Faults;

public sealed class FaultFilterTests : IDisposable
{
    private readonly ImageFixture _fixture = new();
    private readonly StubImage _stub = new(new ImageInfo(1 << 20, 512, 1, IsReadOnly: false));
    private readonly FaultPlan _plan = new();
    private readonly IoBuffer _buffer;
    private readonly IImageDriver _image;

    public FaultFilterTests()
    {
        _buffer = _fixture.Engine.Buffers.Rent(512, _fixture.Quota);
        _image = FaultFilter.Wrap(_stub, _plan, _fixture.Scope);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Without_a_plan_there_is_no_filter() => Assert.Same(_stub, FaultFilter.Wrap(_stub, null, _fixture.Scope));

    [Fact]
    public void An_empty_plan_changes_nothing()
    {
        Assert.Equal((0, 0, 0), (Read(), Write(), Flush()));
        Assert.Equal(3, _stub.Requests);
    }

    [Fact]
    public void An_error_strikes_as_often_as_it_should_and_reaches_no_storage()
    {
        _plan.Add(new Fault(FaultAction.Error, FaultOperations.Write, Count: 2, Errno: Errno.ENOSPC));
        Assert.Equal((0, -Errno.ENOSPC, 0, -Errno.ENOSPC, 0), (Read(), Write(), Flush(), Write(), Write()));
        Assert.Equal(3, _stub.Requests);
        Assert.True(_plan.IsEmpty);
    }

    [Fact]
    public void Without_a_count_it_strikes_until_it_is_cleared()
    {
        _plan.Add(new Fault(FaultAction.Error, Errno: Errno.EIO));
        for (int i = 0; i < 10; i++)
            Assert.Equal((-Errno.EIO, -Errno.EIO, -Errno.EIO), (Read(), Write(), Flush()));
        _plan.Clear();
        Assert.Equal((0, 0, 0), (Read(), Write(), Flush()));
    }

    [Fact]
    public void A_count_goes_on_where_the_last_driver_left_it()
    {
        _plan.Add(new Fault(FaultAction.Error, Count: 2, Errno: Errno.EIO));
        Assert.Equal(-Errno.EIO, Read());
        IImageDriver restarted = FaultFilter.Wrap(_stub, _plan, new IoScope(_fixture.Engine, "restarted"));
        Assert.Equal(-Errno.EIO, _fixture.Engine.Run(restarted.FlushAsync));
        Assert.Equal(0, _fixture.Engine.Run(restarted.FlushAsync));
    }

    [Fact]
    public void A_crash_throws_out_of_the_request()
    {
        _plan.Add(new Fault(FaultAction.Crash, FaultOperations.Flush, Count: 1));
        Assert.Equal(0, Write());
        Assert.Contains("disk-0", Assert.Throws<InvalidOperationException>(() => Flush()).Message, StringComparison.Ordinal);
        Assert.Equal(0, Flush());
    }

    [Fact]
    public async Task What_hangs_ends_when_the_driver_is_revoked()
    {
        _plan.Add(new Fault(FaultAction.Hang, FaultOperations.Read));
        Task<int>[] reads = [.. Enumerable.Range(0, 3).Select(_ => _fixture.Engine.RunAsync(() => _image.ReadAsync(0, _buffer)))];
        _fixture.Machine.Advance(TimeSpan.FromDays(1));
        Assert.DoesNotContain(reads, r => r.IsCompleted);
        _fixture.Engine.Post(_fixture.Scope.Revoke);
        _fixture.Engine.Run();
        Assert.All(await Task.WhenAll(reads), r => Assert.Equal(-Errno.ECANCELED, r));
        Assert.Equal(-Errno.ECANCELED, Read());
        Assert.Equal(0, _stub.Requests);
    }

    [Fact]
    public void A_delayed_request_goes_on_after_its_time()
    {
        _plan.Add(new Fault(FaultAction.Delay, Count: 1, Delay: TimeSpan.FromMilliseconds(500)));
        Task<int> write = _fixture.Engine.RunAsync(() => _image.WriteAsync(0, _buffer, WriteOptions.None));
        _fixture.Machine.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(write.IsCompleted);
        _fixture.Machine.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal(1, _stub.Requests);
    }

    [Fact]
    public void A_delayed_request_does_not_outlive_its_driver()
    {
        _plan.Add(new Fault(FaultAction.Delay, Delay: TimeSpan.FromHours(1)));
        Task<int> write = _fixture.Engine.RunAsync(() => _image.WriteAsync(0, _buffer, WriteOptions.None));
        _fixture.Engine.Run();
        _fixture.Engine.Post(_fixture.Scope.Revoke);
        _fixture.Engine.RunUntil(() => write.IsCompleted);
        Assert.Equal(0, _stub.Requests);
        Assert.True(_fixture.Engine.Now < TimeSpan.FromHours(1).TotalNanoseconds);
    }

    [Fact]
    public void Zeroing_and_discarding_count_as_writes_and_status_as_a_read()
    {
        _fixture.Machine.Files.CreateFile(ImageFixture.Path, 1 << 20);
        IImageDriver image = FaultFilter.Wrap(_fixture.Open(), _plan, _fixture.Scope);
        _plan.Add(new Fault(FaultAction.Error, FaultOperations.Write, Errno: Errno.EIO));
        _plan.Add(new Fault(FaultAction.Error, FaultOperations.Read, Errno: Errno.ETIMEDOUT));
        Assert.Equal(-Errno.EIO, _fixture.Engine.Run(() => image.Ability<IDiscard>()!.DiscardAsync(0, 512, WriteOptions.None)));
        Assert.Equal(-Errno.EIO, _fixture.Engine.Run(() => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(0, 512, WriteOptions.None)));
        var extents = new ExtentList(4);
        Assert.Equal(-Errno.ETIMEDOUT, _fixture.Engine.Run(() => image.Ability<IBlockStatus>()!.BlockStatusAsync(0, 512, extents)));
    }

    [Fact]
    public void A_filter_has_the_abilities_of_what_it_wraps_and_no_others()
    {
        Assert.Null(_image.Ability<IDiscard>());
        Assert.Equal(-Errno.EOPNOTSUPP, _fixture.Engine.Run(() => ((IDiscard)_image).DiscardAsync(0, 512, WriteOptions.None)));
        _fixture.Machine.Files.CreateFile(ImageFixture.Path, 1 << 20);
        IImageDriver image = FaultFilter.Wrap(_fixture.Open(), _plan, _fixture.Scope);
        Assert.NotNull(image.Ability<IDiscard>());
    }

    [Fact]
    public void A_fault_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _plan.Add(new Fault(FaultAction.Error)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _plan.Add(new Fault(FaultAction.Hang, Count: -1)));
    }

    private int Read() => _fixture.Engine.Run(() => _image.ReadAsync(0, _buffer));

    private int Write() => _fixture.Engine.Run(() => _image.WriteAsync(0, _buffer, WriteOptions.None));

    private int Flush() => _fixture.Engine.Run(_image.FlushAsync);
}
