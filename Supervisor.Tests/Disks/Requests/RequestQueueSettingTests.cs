using Tapvisor.BlockIo;
using Tapvisor.Native;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.Supervisor.Configuration;

namespace Tapvisor.Tests.Disks.Requests;

/// <summary>What the settings below tapvisor.disk make of requests that are in trouble.</summary>
public sealed class RequestQueueSettingTests
{
    [Fact]
    [Setting("tapvisor.disk.retry-interval")]
    public void Between_two_tries_is_the_pause_that_is_set()
    {
        using RequestQueueBed bed = BedWith("tapvisor.disk.retry-interval = 5s");
        int tries = 0;
        bed.Open(disk => disk.Verdict = _ => ++tries < 2 ? -Errno.EBUSY : 0);
        bed.Submit(BlockOperation.Write, 1);
        bed.Engine.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, tries);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(2, tries);
    }

    [Theory]
    [InlineData("0s", Errno.ENOSPC)]
    [InlineData("10s", 0)]
    [Setting("tapvisor.disk.space-timeout")]
    public void A_write_waits_for_space_for_the_time_that_is_set(string timeout, int errno)
    {
        using RequestQueueBed bed = BedWith($"tapvisor.disk.space-timeout = {timeout}");
        int tries = 0;
        bed.Open(disk => disk.Verdict = _ => ++tries < 3 ? -Errno.ENOSPC : 0);
        bed.Submit(BlockOperation.Write, 1);
        bed.Await(1);
        Assert.Equal((1UL, errno), bed.Owner.Answers[0]);
    }

    [Fact]
    [Setting("tapvisor.disk.hang-timeout")]
    public void A_driver_hangs_after_the_time_that_is_set()
    {
        using RequestQueueBed bed = BedWith("tapvisor.disk.hang-timeout = 2s");
        bed.Open(disk => disk.Hangs = _ => true);
        bed.Submit(BlockOperation.Read, 1);
        bed.Engine.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Empty(bed.Faults);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Single(bed.Faults);
    }

    private static RequestQueueBed BedWith(string hocon) => new(options: TestSettings.Of(hocon).Queue);
}
