using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Tests.RingDevices;

namespace Tapvisor.Tests.Disks.Requests;

/// <summary>Drivers that fail, hang and come back, and queues that end.</summary>
public sealed class RequestQueueFailureTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_driver_that_throws_is_fenced_and_its_requests_are_replayed_in_order() => Seeds.Run(50, seed =>
    {
        using var bed = new RequestQueueBed(seed);
        int calls = 0;
        ModelDisk first = bed.Open(disk => disk.Verdict = _ => ++calls == 3 ? throw new InvalidOperationException("boom") : 0);
        for (ulong tag = 0; tag < 8; tag++)
            bed.Submit(BlockOperation.Write, tag, (long)tag * 512);
        bed.Engine.RunUntil(() => bed.Faults.Count > 0);
        Assert.Equal("boom", Assert.Single(bed.Faults).Message);
        Assert.Equal(0, first.Active);
        Assert.Equal(0, bed.Queue.Active);
        Assert.Equal(RequestQueueState.Holding, bed.Queue.State);
        bed.Submit(BlockOperation.Write, 8, 8 * 512);
        int answered = bed.Owner.Answers.Count;
        Assert.Equal(9, bed.Queue.Waiting + answered);
        ModelDisk second = bed.Open();
        bed.Await(9);
        Assert.Equal(second.Log.Select(entry => entry.Offset).Order(), second.Log.Select(entry => entry.Offset));
        Assert.Equal(9 - answered, second.Log.Count);
        Assert.Equal(Enumerable.Range(0, 9).Select(tag => ((ulong)tag, 0)), bed.Owner.Answers.Order());
        for (int tag = 0; tag < 9; tag++)
            Assert.Equal(tag, bed.Content.Bytes[tag * 512]);
    });

    [Fact]
    public void A_hung_driver_is_fenced_though_new_requests_keep_coming()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Hangs = _ => true);
        for (ulong tag = 0; tag < 70 && bed.Faults.Count == 0; tag++)
        {
            bed.Submit(BlockOperation.Read, tag);
            bed.Engine.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.IsType<TimeoutException>(Assert.Single(bed.Faults));
        Assert.Empty(bed.Owner.Answers);
        int waiting = bed.Queue.Waiting;
        Assert.InRange(waiting, 59, 62);
        bed.Open();
        bed.Await(waiting);
        Assert.Equal(waiting, bed.Owner.Answers.Count);
    }

    [Fact]
    public void A_slow_driver_that_answers_now_and_then_is_left_alone()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Slowness = 50_000_000);
        for (ulong tag = 0; tag < 20; tag++)
            bed.Submit(BlockOperation.Read, tag);
        bed.Await(20);
        Assert.Empty(bed.Faults);
    }

    [Fact]
    public void Time_without_requests_is_no_hang()
    {
        using var bed = new RequestQueueBed();
        bed.Open();
        for (ulong tag = 0; tag < 5; tag++)
        {
            bed.Submit(BlockOperation.Read, tag);
            bed.Await((int)tag + 1);
            bed.Engine.Advance(TimeSpan.FromSeconds(59.99));
        }
        Assert.Empty(bed.Faults);
    }

    [Fact]
    public void A_fault_during_a_pause_ends_the_pause_and_keeps_the_requests()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Verdict = _ => throw new InvalidOperationException("boom"));
        bed.Submit(BlockOperation.Write, 1);
        Task<int> quiesced = bed.Engine.RunAsync(() => bed.Queue.QuiesceAsync());
        bed.Engine.RunUntil(() => quiesced.IsCompleted);
        Assert.Single(bed.Faults);
        Assert.Equal(1, bed.Queue.Waiting);
        bed.Open();
        bed.Await(1);
        Assert.Equal((1UL, 0), bed.Owner.Answers[0]);
    }

    [Fact]
    public void A_flush_that_failed_is_not_replayed_into_success()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Verdict = operation =>
        {
            bed.Queue.Fault(new InvalidOperationException("boom"));
            return -Errno.EIO;
        });
        bed.Submit(BlockOperation.Flush, 1);
        bed.Engine.RunUntil(() => bed.Faults.Count > 0);
        bed.Submit(BlockOperation.Write, 2);
        bed.Open();
        bed.Await(2);
        Assert.Equal([(1UL, Errno.EIO), (2UL, 0)], bed.Owner.Answers);
    }

    [Fact]
    public void Time_in_a_pause_does_not_count_against_a_busy_request()
    {
        using var bed = new RequestQueueBed();
        bed.Submit(BlockOperation.Write, 1);
        bed.Engine.Advance(TimeSpan.FromHours(1));
        int tries = 0;
        bed.Open(disk => disk.Verdict = _ => ++tries < 3 ? -Errno.EBUSY : 0);
        bed.Await(1);
        Assert.Equal((1UL, 0), bed.Owner.Answers[0]);
    }

    [Fact]
    public void Fail_answers_what_waits_and_what_comes()
    {
        using var bed = new RequestQueueBed();
        bed.Submit(BlockOperation.Read, 1);
        bed.On(() =>
        {
            bed.Queue.Fail(Errno.EIO);
            return 0;
        });
        bed.Submit(BlockOperation.Flush, 2);
        Assert.Equal([(1UL, Errno.EIO), (2UL, Errno.EIO)], bed.Owner.Answers);
        bed.Open();
        bed.Submit(BlockOperation.Read, 3);
        bed.Await(3);
        Assert.Equal((3UL, 0), bed.Owner.Answers[2]);
    }

    [Fact]
    public void Fail_answers_what_waits_for_another_try_too()
    {
        using var bed = new RequestQueueBed();
        bed.Open(disk => disk.Verdict = _ => -Errno.EBUSY);
        bed.Submit(BlockOperation.Write, 1);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.5));
        bed.Engine.Run(() => bed.Queue.QuiesceAsync());
        bed.On(() =>
        {
            bed.Queue.Fail(Errno.ESHUTDOWN);
            return 0;
        });
        Assert.Equal([(1UL, Errno.ESHUTDOWN)], bed.Owner.Answers);
        bed.Engine.Advance(s_minute);
        Assert.Single(bed.Owner.Answers);
    }

    [Fact]
    public void A_queue_with_an_image_cannot_fail_or_start()
    {
        using var bed = new RequestQueueBed();
        bed.Open();
        Assert.Throws<InvalidOperationException>(() => bed.Queue.Fail(Errno.EIO));
        Assert.Throws<InvalidOperationException>(() => bed.Open());
    }

    [Fact]
    public void An_answered_request_may_be_submitted_again_from_its_answer()
    {
        using var bed = new RequestQueueBed();
        int left = 100;
        bed.Owner.Then = request =>
        {
            if (left-- > 0)
                bed.Queue.Submit(request);
        };
        bed.Open();
        bed.Submit(BlockOperation.Read, 1);
        bed.Await(101);
        bed.Engine.Run(() => bed.Queue.QuiesceAsync());
        Assert.Equal(101, bed.Disk.Log.Count);
    }

    [Fact]
    public void Close_ends_the_timers()
    {
        using var bed = new RequestQueueBed();
        bed.Open();
        bed.Submit(BlockOperation.Read, 1);
        bed.Await(1);
        bed.Engine.Run(() => bed.Queue.QuiesceAsync());
        Assert.Equal(0, bed.Engine.Run(() => bed.Queue.CloseAsync()));
    }
}
