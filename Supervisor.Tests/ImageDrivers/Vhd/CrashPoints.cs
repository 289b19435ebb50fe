using System.Globalization;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>
/// How often the simulations lose power: a crash point is one state that a loss of power may leave at one moment, which is opened, checked
/// and read. docs/vhd-crash-safety.md tells the numbers.
/// </summary>
internal static class CrashPoints
{
    /// <summary>Environment variable: how many crash points to try, all simulations together; rounded up.</summary>
    internal const string Variable = "TAPVISOR_CRASH_POINTS";

    /// <summary>States looked at for each moment.</summary>
    internal const int Ways = 3;

    /// <summary>Lives of a long run, each of which ends with a loss of power.</summary>
    internal const int Lives = 3;

    /// <summary>Long runs, for each shape.</summary>
    internal const int LongRuns = 60;

    /// <summary>What is tried where the variable is not set.</summary>
    internal static int Default => Enum.GetValues<VhdShape>().Length * Ways * (VhdSequenceTests.Sequences + (LongRuns * Lives));

    /// <summary>Runs a simulation under so many seeds, or as many times more as the variable asks for.</summary>
    internal static void Run(int count, Action<int> simulation)
    {
        int factor = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } asked
            ? (int.Parse(asked, CultureInfo.InvariantCulture) + Default - 1) / Default : 1;
        Seeds.Run(count * factor, simulation);
    }
}
