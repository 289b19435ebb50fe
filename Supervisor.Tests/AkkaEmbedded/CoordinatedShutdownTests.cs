using System.Collections.Concurrent;
using Akka;
using Akka.Actor;
using Akka.Configuration;

namespace Tapvisor.Tests.AkkaEmbedded;

public sealed class CoordinatedShutdownTests : IDisposable
{
    private static readonly Config Settings = ConfigurationFactory.ParseString(
        """
        akka.loglevel = OFF
        akka.coordinated-shutdown.phases.service-stop.timeout = 50ms
        akka.coordinated-shutdown.phases.service-unbind.recover = off
        """);

    private readonly ActorSystem _system = ActorSystem.Create("shutdown", Settings);
    private readonly ConcurrentQueue<string> _journal = new();

    private CoordinatedShutdown Shutdown => CoordinatedShutdown.Get(_system);

    public void Dispose() => _system.Terminate().Wait(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task Phases_run_in_their_order_and_end_with_the_system()
    {
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        Add(CoordinatedShutdown.PhaseServiceRequestsDone, "drained");
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "first");
        await Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        Assert.Equal(["first", "drained", "last"], _journal);
        Assert.True(_system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Tasks_of_a_phase_run_in_parallel()
    {
        using var both = new Barrier(2);
        for (int i = 0; i < 2; i++)
        {
            Shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, $"task{i}", () => Task.Run(() =>
            {
                _journal.Enqueue(both.SignalAndWait(TimeSpan.FromSeconds(4)) ? "met" : "alone");
                return Done.Instance;
            }));
        }

        await Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        Assert.Equal(["met", "met"], _journal);
    }

    [Fact]
    public async Task A_phase_that_takes_too_long_is_left_behind()
    {
        Shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "stuck", () => new TaskCompletionSource<Done>().Task);
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        await Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        Assert.Equal(["last"], _journal);
    }

    [Fact]
    public async Task A_task_that_fails_does_not_stop_the_shutdown()
    {
        Shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "broken", () => Task.FromException<Done>(new IOException("broken")));
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        await Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        Assert.Equal(["last"], _journal);
    }

    [Fact]
    public async Task The_shutdown_runs_once()
    {
        Add(CoordinatedShutdown.PhaseServiceRequestsDone, "once");
        await Task.WhenAll(
            Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance), Shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));

        Assert.Equal(["once"], _journal);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Terminate_runs_the_phases()
    {
        Add(CoordinatedShutdown.PhaseServiceRequestsDone, "drained");
        await _system.Terminate();

        Assert.Equal(["drained"], _journal);
        Assert.IsType<CoordinatedShutdown.ActorSystemTerminateReason>(Shutdown.ShutdownReason);
    }

    [Fact]
    public async Task A_reason_may_be_of_ones_own()
    {
        await Shutdown.Run(new Upgrade());
        Assert.IsType<Upgrade>(Shutdown.ShutdownReason);
    }

    [Fact]
    public async Task The_phases_may_begin_in_the_middle()
    {
        Add(CoordinatedShutdown.PhaseServiceUnbind, "skipped");
        Add(CoordinatedShutdown.PhaseServiceStop, "run");
        await Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance, CoordinatedShutdown.PhaseServiceStop);

        Assert.Equal(["run"], _journal);
    }

    [Fact]
    public void An_unknown_phase_is_refused() =>
        Assert.Throws<ConfigurationException>(() => Add("no-such-phase", "task"));

    [Fact]
    public void A_phase_has_its_configured_limit()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(50), Shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop));
        Assert.Equal(TimeSpan.FromSeconds(5), Shutdown.Timeout(CoordinatedShutdown.PhaseServiceUnbind));
    }

    private void Add(string phase, string entry) => Shutdown.AddTask(phase, entry, () =>
    {
        _journal.Enqueue(entry);
        return Task.FromResult(Done.Instance);
    });

    private sealed class Upgrade : CoordinatedShutdown.Reason;
}
