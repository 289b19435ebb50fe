using System.Globalization;

namespace Tapvisor.Simulation.Engine;

/// <summary>Runs a simulation under many seeds, and says which one failed.</summary>
internal static class Seeds
{
    /// <summary>Environment variable: run this seed only, to see a failure again.</summary>
    internal const string ReplayVariable = "TAPVISOR_TEST_SEED";

    /// <summary>Environment variable: how many times as many seeds as the test asks for, for long runs.</summary>
    internal const string FactorVariable = "TAPVISOR_TEST_SEED_FACTOR";

    /// <summary>How much longer than usual is asked for; 1 where nothing is.</summary>
    internal static int Factor => Variable(FactorVariable) ?? 1;

    /// <summary>Runs <paramref name="simulation"/> under the seeds 1 to <paramref name="count"/>.</summary>
    /// <exception cref="InvalidOperationException">One failed: the message has its seed, the inner exception what it threw.</exception>
    internal static void Run(int count, Action<int> simulation)
    {
        if (Variable(ReplayVariable) is { } replay)
        {
            Run(simulation, replay);
            return;
        }
        RunFrom(1, checked(count * Factor), simulation);
    }

    /// <summary>Runs <paramref name="simulation"/> under the seeds from <paramref name="first"/> to <paramref name="last"/>.</summary>
    /// <exception cref="InvalidOperationException">As <see cref="Run(int, Action{int})"/>.</exception>
    internal static void RunFrom(int first, int last, Action<int> simulation)
    {
        for (int seed = first; seed <= last; seed++)
            Run(simulation, seed);
    }

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static void Run(Action<int> simulation, int seed)
    {
        try
        {
            simulation(seed);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed} failed ({ReplayVariable}={seed} runs it alone): {e.Message}", e);
        }
    }
}
