using Tapvisor.Simulation.Engine.Faults;
using Tapvisor.Simulation.Engine.Sockets;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Simulation.Engine;

/// <summary>
/// A computer in virtual time: files and disks with volatile caches, sockets, and the engines that run on it. Everything happens on the
/// thread that calls <see cref="Run"/>, <see cref="RunUntil"/> or <see cref="Advance"/>, in an order that the seed alone decides.
/// It outlives its engines: <see cref="SimulatedEngine.Kill"/> is the end of a process, <see cref="Crash"/> a loss of power.
/// </summary>
internal sealed class SimulatedMachine
{
    // A local SSD, with the stalls it has now and then.
    private const int ShortestLatency = 5_000;
    private const int UsualLatency = 200_000;
    private const int StallLatency = 20_000_000;
    private const int StallOneIn = 64;

    private readonly PriorityQueue<Event, (long Due, long Order)> _events = new();
    private readonly List<SimulatedEngine> _engines = [];
    private long _order;
    private int _operations;

    /// <summary>A machine whose every choice follows from <paramref name="seed"/>.</summary>
    internal SimulatedMachine(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Faults = new SimulatedFaults(Random);
        Files = new SimulatedFileSystem(this);
        Sockets = new SimulatedSockets();
    }

    /// <summary>What to give again to see the same run again.</summary>
    internal int Seed { get; }

    /// <summary>Source of every choice.</summary>
    internal Random Random { get; }

    /// <summary>Virtual nanoseconds since the machine was made.</summary>
    internal long Now { get; private set; }

    /// <summary>Its files and block devices.</summary>
    internal SimulatedFileSystem Files { get; }

    /// <summary>What goes wrong.</summary>
    internal SimulatedFaults Faults { get; }

    /// <summary>Its Unix sockets.</summary>
    internal SimulatedSockets Sockets { get; }

    /// <summary>
    /// Runs until nothing moves any more except timers, which <see cref="Advance"/> and <see cref="RunUntil"/> let expire (those that are
    /// due before the last operation ends expire here too).
    /// </summary>
    internal void Run()
    {
        while (Step(long.MaxValue, timersToo: false))
        {
        }
    }

    /// <summary>Runs, timers included, until <paramref name="condition"/> holds; it is looked at after each step.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left to happen and it does not hold: something hangs.</exception>
    internal void RunUntil(Func<bool> condition)
    {
        while (!condition())
        {
            if (!Step(long.MaxValue, timersToo: true))
            {
                throw new InvalidOperationException(
                    $"The simulated machine (seed {Seed}) came to rest after {Now} ns, before what it was to run to.");
            }
        }
    }

    /// <summary>Runs everything that is due within <paramref name="time"/>, then sets the clock there.</summary>
    internal void Advance(TimeSpan time)
    {
        long end = Now + (time.Ticks * 100);
        while (Step(end, timersToo: true))
        {
        }
        Now = end;
    }

    /// <summary>
    /// The power fails: all engines stop dead, sockets and locks vanish, and every file keeps what was synced and a seeded part, torn
    /// between sectors, of what was not. New engines may be made on the same machine afterwards.
    /// </summary>
    internal void Crash()
    {
        foreach (SimulatedEngine engine in _engines.ToArray())
            engine.Stop();
        _events.Clear();
        _operations = 0;
        Sockets.Clear();
        Files.Crash();
    }

    /// <summary>
    /// Another machine, with the files that <see cref="Crash"/> now would leave here by that seed; this one goes on. So one moment can be
    /// crashed at in many ways.
    /// </summary>
    internal SimulatedMachine AfterCrash(int seed)
    {
        var other = new SimulatedMachine(seed);
        Files.CrashInto(other.Files, other.Random);
        return other;
    }

    /// <summary>Lets go on what a fault made hang.</summary>
    internal void ReleaseHung()
    {
        foreach (SimulatedEngine engine in _engines)
            engine.ReleaseHung();
    }

    internal void Add(SimulatedEngine engine) => _engines.Add(engine);

    internal void Remove(SimulatedEngine engine) => _engines.Remove(engine);

    /// <summary>Nanoseconds that one operation takes.</summary>
    internal long NextLatency() =>
        Random.Next(ShortestLatency, Random.Next(StallOneIn) == 0 ? StallLatency : UsualLatency);

    internal bool Chance(int oneIn) => Random.Next(oneIn) == 0;

    /// <summary>Has <paramref name="wait"/> complete after <paramref name="delay"/>, instead of when it would have before.</summary>
    internal void Schedule(SimulatedWait wait, long delay)
    {
        Withdraw(wait);
        wait.Turn++;
        wait.IsQueued = true;
        if (!wait.IsTimer)
            _operations++;
        _events.Enqueue(new Event(wait, wait.Turn, null), (Now + delay, _order++));
    }

    /// <summary>Has something happen to the machine itself, whatever becomes of its engines (but for a crash).</summary>
    internal void Schedule(Action happening, long delay)
    {
        _operations++;
        _events.Enqueue(new Event(null, 0, happening), (Now + delay, _order++));
    }

    internal void Withdraw(SimulatedWait wait)
    {
        if (!wait.IsQueued)
            return;
        wait.IsQueued = false;
        if (!wait.IsTimer)
            _operations--;
    }

    private bool Step(long end, bool timersToo)
    {
        foreach (SimulatedEngine engine in _engines)
        {
            if (engine.HasWork)
            {
                engine.RunPass();
                return true;
            }
        }
        while (_events.TryPeek(out Event next, out (long Due, long Order) when))
        {
            bool isCurrent = next.Wait is not { } wait || (wait.IsQueued && wait.Turn == next.Turn);
            if (isCurrent && (when.Due > end || (!timersToo && _operations == 0)))
                return false;
            _events.Dequeue();
            if (!isCurrent)
                continue;
            Now = Math.Max(Now, when.Due);
            Fire(next);
            return true;
        }
        return false;
    }

    private void Fire(Event what)
    {
        if (what.Wait is { } wait)
        {
            Withdraw(wait);
            wait.Engine.Finish(wait);
        }
        else
        {
            _operations--;
            what.Happening!();
        }
    }

    private readonly record struct Event(SimulatedWait? Wait, int Turn, Action? Happening);
}
