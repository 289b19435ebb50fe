using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tapvisor.Metrics;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>Brings the published counters up to date from time to time; the disks do not wait for it.</summary>
internal sealed class StatisticsService(
    StatisticsPublisher publisher, ServiceSettings settings, TimeProvider time, ILogger<StatisticsService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.StatisticsInterval, time);
        bool failed = false;
        do
        {
            try
            {
                publisher.Update();
                failed = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or AggregateException)
            {
                // Said once: a full or missing directory is full or missing every second.
                if (!failed)
                    log.StatisticsFailed(settings.StatisticsDirectory, e.Message);
                failed = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
