using System.Diagnostics;
using Tapvisor.Simulation.Engine;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Formats.Vhd.Fuzz;

/// <summary>How long fuzzing goes on: a number of seeds in CI, as many as fit into some minutes where that is asked for.</summary>
/// <param name="output">Told how many rounds there were.</param>
internal sealed class FuzzRuns(ITestOutputHelper output)
{
    // What takes longer than this hangs: no round does more than read and write a few megabytes.
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(2);

    /// <summary>Runs rounds under the seeds from 1 on.</summary>
    internal void Run(int count, Action<int> round)
    {
        if (FuzzTime.Asked is not { } time)
        {
            Seeds.Run(count, seed => Watch(round, seed));
            return;
        }
        int done = 0;
        for (Stopwatch clock = Stopwatch.StartNew(); clock.Elapsed < time;)
            Seeds.RunFrom(done + 1, done += count, seed => Watch(round, seed));
        output.WriteLine($"{done} rounds in {time.TotalMinutes} minutes.");
    }

    private static void Watch(Action<int> round, int seed)
    {
        var work = new Task(() => round(seed), TaskCreationOptions.LongRunning);
        work.Start();
        if (!((IAsyncResult)work).AsyncWaitHandle.WaitOne(s_hang))
            Assert.Fail("It does not end.");
        work.GetAwaiter().GetResult();
    }
}
