using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Tests.RingDevices;

namespace Tapvisor.Tests.Disks.Requests;

public sealed class RequestQueueTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Requests_wait_until_there_is_an_image_and_go_there_in_order()
    {
        using var bed = new RequestQueueBed();
        for (ulong tag = 0; tag < 5; tag++)
            bed.Submit(BlockOperation.Write, tag, (long)tag * 512);
        bed.Engine.Run();
        Assert.Empty(bed.Owner.Answers);
        Assert.Equal(5, bed.Queue.Waiting);
        ModelDisk disk = bed.Open();
        bed.Await(5);
        Assert.Equal([0, 512, 1024, 1536, 2048], disk.Log.Select(entry => entry.Offset));
        Assert.All(bed.Owner.Answers, answer => Assert.Equal(0, answer.Error));
        Assert.Equal(4, bed.Content.Bytes[2048]);
        Assert.Equal(0, bed.Queue.Statistics.Outstanding);
    }

    [Fact]
    public void A_withdrawn_owner_does_not_wait_for_an_image_and_others_do()
    {
        using var bed = new RequestQueueBed();
        var other = new TestOwner();
        bed.Submit(BlockOperation.Write, 1);
        bed.On(() =>
        {
            BlockRequest request = bed.Queue.Rent(other);
            request.Operation = BlockOperation.Flush;
            request.Length = 0;
            bed.Queue.Submit(request);
            return 0;
        });
        bed.On(() =>
        {
            bed.Owner.IsWithdrawn = true;
            bed.Queue.Withdraw(bed.Owner);
            return 0;
        });
        Assert.Equal([(1UL, Errno.ECANCELED)], bed.Owner.Answers);
        Assert.Equal(1, bed.Queue.Waiting);
        bed.Submit(BlockOperation.Write, 2);
        Assert.Equal((2UL, Errno.ECANCELED), bed.Owner.Answers[^1]);
        bed.Open();
        bed.Engine.RunUntil(() => other.Answers.Count == 1);
        Assert.Equal([BlockOperation.Flush], bed.Disk.Log.Select(entry => entry.Operation));
    }

    [Fact]
    public void What_a_withdrawn_owner_has_at_the_image_ends_there_or_with_it()
    {
        using var bed = new RequestQueueBed();
        bed.Open();
        bed.Disk.Hangs = operation => operation == BlockOperation.Write;
        bed.Submit(BlockOperation.Write, 1);
        bed.Submit(BlockOperation.Read, 2);
        bed.On(() =>
        {
            bed.Owner.IsWithdrawn = true;
            bed.Queue.Withdraw(bed.Owner);
            return 0;
        });
        bed.Await(1);
        Assert.Equal([(2UL, 0)], bed.Owner.Answers);
        bed.On(() =>
        {
            bed.Queue.Fault(new TimeoutException("it hangs"));
            return 0;
        });
        bed.Await(2);
        Assert.Equal((1UL, Errno.ECANCELED), bed.Owner.Answers[^1]);
        Assert.Equal(0, bed.Queue.Waiting);
    }

    [Fact]
    public void Quiesce_waits_for_requests_in_flight_and_holds_the_rest()
    {
        using var bed = new RequestQueueBed();
        bed.Open();
        for (ulong tag = 0; tag < 5; tag++)
            bed.Submit(BlockOperation.Read, tag);
        Task<int> quiesced = bed.Engine.RunAsync(() => bed.Queue.QuiesceAsync());
        bed.Engine.RunUntil(() => bed.Queue.State == RequestQueueState.Quiescing);
        bed.Submit(BlockOperation.Read, 9);
        Assert.False(quiesced.IsCompleted);
        bed.Engine.RunUntil(() => quiesced.IsCompleted);
        Assert.Equal(5, bed.Owner.Answers.Count);
        Assert.Equal(RequestQueueState.Holding, bed.Queue.State);
        Assert.Equal(1, bed.Queue.Waiting);
        Assert.Equal(0, bed.Disk.Active);
        bed.Open();
        bed.Await(6);
        Assert.Equal((9UL, 0), bed.Owner.Answers[^1]);
    }

    [Fact]
    public void A_queue_without_an_image_is_quiet_at_once()
    {
        using var bed = new RequestQueueBed();
        Assert.Equal(0, bed.Engine.Run(() => bed.Queue.QuiesceAsync()));
        bed.Open();
        Assert.Equal(0, bed.Engine.Run(() => bed.Queue.QuiesceAsync()));
        Assert.Equal(0, bed.Engine.Run(() => bed.Queue.QuiesceAsync()));
    }

    [Theory]
    [InlineData(BlockOperation.Read, -512, 512, Errno.EINVAL)]
    [InlineData(BlockOperation.Read, 0, 0, Errno.EINVAL)]
    [InlineData(BlockOperation.Read, (1 << 20) - 512, 1024, Errno.EINVAL)]
    [InlineData(BlockOperation.Read, long.MaxValue, 512, Errno.EINVAL)]
    [InlineData(BlockOperation.Write, 1 << 20, 512, Errno.ENOSPC)]
    [InlineData(BlockOperation.Read, 256, 512, Errno.EINVAL)]
    [InlineData(BlockOperation.Write, 0, 100, Errno.EINVAL)]
    [InlineData(BlockOperation.Write, (1 << 20) - 512, 512, 0)]
    [InlineData(BlockOperation.Flush, 77, 1, 0)]
    public void A_request_is_checked_against_the_image(BlockOperation operation, long offset, int length, int errno)
    {
        using var bed = new RequestQueueBed(alignment: 512);
        bed.Open();
        bed.Submit(operation, 1, offset, length);
        bed.Await(1);
        Assert.Equal((1UL, errno), bed.Owner.Answers[0]);
        Assert.Equal(errno == 0 ? 1 : 0, bed.Disk.Log.Count);
    }

    [Theory]
    [InlineData(BlockOperation.Write)]
    [InlineData(BlockOperation.Discard)]
    [InlineData(BlockOperation.WriteZeroes)]
    public void Nothing_changes_a_read_only_image(BlockOperation operation)
    {
        using var bed = new RequestQueueBed(readOnly: true);
        bed.Open();
        bed.Submit(operation, 1);
        bed.Await(1);
        Assert.Equal((1UL, Errno.EPERM), bed.Owner.Answers[0]);
        Assert.Empty(bed.Disk.Log);
    }

    [Theory]
    [InlineData(Errno.EBUSY)]
    [InlineData(Errno.EAGAIN)]
    [InlineData(Errno.EINTR)]
    public void What_is_busy_is_tried_again_each_second_until_it_works(int errno)
    {
        using var bed = new RequestQueueBed();
        int tries = 0;
        bed.Open(disk => disk.Verdict = _ => ++tries < 4 ? -errno : 0);
        bed.Submit(BlockOperation.Write, 1);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(1, tries);
        bed.Engine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, tries);
        bed.Await(1);
        Assert.Equal((1UL, 0), bed.Owner.Answers[0]);
        Assert.Equal(3, bed.Queue.Statistics.Retried);
        Assert.InRange(bed.Engine.Now, 3_000_000_000, 5_000_000_000);
    }

    [Fact]
    public void What_stays_busy_is_answered_when_its_time_is_up()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Verdict = _ => -Errno.EBUSY);
        bed.Submit(BlockOperation.Read, 1);
        bed.Await(1);
        Assert.Equal((1UL, Errno.EBUSY), bed.Owner.Answers[0]);
        Assert.InRange(bed.Engine.Now, 120_000_000_000, 122_000_000_000);
    }

    [Fact]
    public void A_write_without_space_waits_for_some_where_that_is_configured()
    {
        using var bed = new RequestQueueBed(options: new RequestQueueOptions { SpaceTimeout = TimeSpan.FromSeconds(10) });
        int tries = 0;
        bed.Open(disk => disk.Verdict = _ => ++tries < 4 ? -Errno.ENOSPC : 0);
        bed.Submit(BlockOperation.Write, 1);
        bed.Await(1);
        Assert.Equal((1UL, 0), bed.Owner.Answers[0]);
        bed.Disk.Verdict = _ => -Errno.ENOSPC;
        bed.Submit(BlockOperation.WriteZeroes, 2);
        bed.Await(2);
        Assert.Equal((2UL, Errno.ENOSPC), bed.Owner.Answers[1]);
        Assert.InRange(bed.Engine.Now, 13_000_000_000, 17_000_000_000);
        bed.Submit(BlockOperation.Flush, 3);
        bed.Await(3);
        Assert.Equal((3UL, Errno.ENOSPC), bed.Owner.Answers[2]);
        Assert.InRange(bed.Engine.Now, 13_000_000_000, 17_000_000_000);
    }

    [Fact]
    public void A_write_without_space_fails_at_once_otherwise()
    {
        using var bed = new RequestQueueBed();
        int tries = 0;
        bed.Open(disk => disk.Verdict = _ => tries++ == 0 ? -Errno.EBUSY : -Errno.ENOSPC);
        bed.Submit(BlockOperation.Write, 1);
        bed.Await(1);
        Assert.Equal((1UL, Errno.ENOSPC), bed.Owner.Answers[0]);
        Assert.Equal(2, tries);
    }

    [Fact]
    public void Another_error_is_answered_at_once()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Verdict = _ => -Errno.EIO);
        bed.Submit(BlockOperation.Read, 1);
        bed.Await(1);
        Assert.Equal((1UL, Errno.EIO), bed.Owner.Answers[0]);
        Assert.Single(bed.Disk.Log);
        Assert.Equal(1, bed.Queue.Statistics.FailedOf(BlockOperation.Read));
    }

    [Fact]
    public void What_waits_for_another_try_outlives_a_pause()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Verdict = _ => -Errno.EBUSY);
        bed.Submit(BlockOperation.Write, 1);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.5));
        bed.Engine.Run(() => bed.Queue.QuiesceAsync());
        bed.Engine.Advance(s_minute);
        Assert.Equal(1, bed.Queue.Waiting);
        Assert.Empty(bed.Owner.Answers);
        bed.Open();
        bed.Await(1);
        Assert.Equal((1UL, 0), bed.Owner.Answers[0]);
    }
}
