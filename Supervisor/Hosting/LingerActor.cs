using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Supervisor;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>
/// Ends a service that a client started, some time after its last disk has gone: upstream's tapdisk ends with its last VBD.
/// </summary>
internal sealed class LingerActor(DiskTable disks, TimeSpan linger, IHostApplicationLifetime lifetime, ILogger log)
    : UntypedActor, IWithTimers
{
    private const string Timer = "linger";

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LastDetached));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LastDetached:
                log.Lingering(linger.TotalSeconds);
                Timers.StartSingleTimer(Timer, TimeOver.Instance, linger);
                break;
            case TimeOver when disks.Count == 0:
                lifetime.StopApplication();
                break;
            case TimeOver:
                // Somebody has attached a disk meanwhile.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private sealed class TimeOver
    {
        internal static readonly TimeOver Instance = new();
    }
}
