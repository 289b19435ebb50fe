using Akka.Actor;
using Akka.TestKit;
using Microsoft.Extensions.Hosting;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Supervisor.Hosting;
using Tapvisor.Tests.Actors;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.RingDevices;
using Tapvisor.Tests.Supervisor.Configuration;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Supervisor.Hosting;

/// <summary>The end of a service that a client started, in virtual time.</summary>
public sealed class LingerActorTests(ITestOutputHelper output)
    : ActorSpec("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """, output)
{
    [Fact]
    [Setting("tapvisor.on-demand-linger")]
    public async Task The_service_ends_when_its_last_disk_has_been_gone_for_the_time_that_is_set()
    {
        TimeSpan linger = TestSettings.Of("tapvisor.on-demand-linger = 7s").OnDemandLinger;
        var disks = new DiskTable();
        var service = new Lifetime();
        var log = new TestLog<LingerActor>();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new LingerActor(disks, linger, service, log)));
        actor.Tell(new LastDetached());
        await IsIdleAsync(actor);
        var time = (TestScheduler)Sys.Scheduler;
        time.Advance(TimeSpan.FromSeconds(6.9));
        await IsIdleAsync(actor);
        Assert.False(service.Stopped.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await service.Stopped;
    }

    /// <summary>It has taken what was in its mailbox.</summary>
    private static Task<ActorIdentity> IsIdleAsync(IActorRef actor) => actor.Ask<ActorIdentity>(new Identify(0), Timeout.InfiniteTimeSpan);

    private sealed class Lifetime : IHostApplicationLifetime
    {
        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        internal Task Stopped => _stopped.Task;

        public void StopApplication() => _stopped.SetResult();
    }
}
