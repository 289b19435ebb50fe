using Tapvisor.Metrics;
using Tapvisor.Supervisor.Hosting;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.Metrics;
using Tapvisor.Tests.RingDevices;
using Tapvisor.Tests.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Hosting;

public sealed class StatisticsServiceTests
{
    [Fact]
    [Setting("tapvisor.statistics.interval")]
    public async Task Counters_are_brought_up_to_date_once_in_the_time_that_is_set()
    {
        using var directory = new TemporaryDirectory();
        var time = new TickedTime();
        using var publisher = new StatisticsPublisher(directory.Path, Environment.ProcessId, time);
        using var service = new StatisticsService(
            publisher, TestSettings.Of("tapvisor.statistics.interval = 17s"), time, new TestLog<StatisticsService>());
        await service.StartAsync(CancellationToken.None);
        TickedTimer timer = await time.Timer;
        Assert.Equal(TimeSpan.FromSeconds(17), timer.Period);

        string published = directory.At($"td3-{Environment.ProcessId}/vdi-3");
        publisher.Add(new PublishedDisk { Minor = 3, IsOpen = true });
        Assert.False(File.Exists(published));
        timer.Tick();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(published), TimeSpan.FromSeconds(30)), $"no {published}");
        await service.StopAsync(CancellationToken.None);
    }
}
