using Tapvisor.Actors.Supervisor;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Tests.Supervisor.Hosting;

public sealed class EndGuardTests
{
    [Fact]
    public async Task An_end_that_takes_too_long_is_made_and_says_what_it_leaves()
    {
        var ended = new TaskCompletionSource<string>();
        using var guard = new EndGuard(TimeSpan.FromMilliseconds(1), new DiskTable(), ended.SetResult);
        Assert.Contains("did not end within 0.001 s and is ended now; every disk is closed", await ended.Task, StringComparison.Ordinal);
    }

    [Fact]
    public void The_whole_may_take_longer_than_its_parts()
    {
        var limits = new EndLimits(TimeSpan.FromSeconds(30));
        Assert.True(limits.RequestsDone > EndLimits.XenStore + limits.Disks);
        Assert.True(limits.Host > limits.RequestsDone);
        Assert.True(limits.Process > limits.Host);
    }
}
