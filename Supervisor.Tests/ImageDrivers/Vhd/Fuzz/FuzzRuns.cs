using System.Diagnostics;
using System.Globalization;
using Tapvisor.BlockIo.Engines.Simulated;
using Xunit.Abstractions;

namespace Tapvisor.Tests.ImageDrivers.Vhd.Fuzz;

/// <summary>How long fuzzing goes on: a number of seeds in CI, as many as fit into some minutes where that is asked for.</summary>
/// <param name="output">Told how many rounds there were.</param>
internal sealed class FuzzRuns(ITestOutputHelper output)
{
    /// <summary>Environment variable: minutes that each fuzzing test takes. A failure is replayed as any seeded test is.</summary>
    internal const string MinutesVariable = "TAPVISOR_FUZZ_MINUTES";

    // What takes longer than this hangs: no round does more than read and write a few megabytes.
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(2);

    /// <summary>Runs rounds under the seeds from 1 on.</summary>
    internal void Run(int count, Action<int> round)
    {
        if (!double.TryParse(Environment.GetEnvironmentVariable(MinutesVariable), CultureInfo.InvariantCulture, out double minutes))
        {
            Seeds.Run(count, seed => Watch(round, seed));
            return;
        }
        int done = 0;
        for (Stopwatch clock = Stopwatch.StartNew(); clock.Elapsed.TotalMinutes < minutes;)
            Seeds.RunFrom(done + 1, done += count, seed => Watch(round, seed));
        output.WriteLine($"{done} rounds in {minutes} minutes.");
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
