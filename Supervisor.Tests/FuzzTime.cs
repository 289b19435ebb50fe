using System.Globalization;

namespace Tapvisor.Tests;

/// <summary>How long fuzzing goes on.</summary>
internal static class FuzzTime
{
    /// <summary>Environment variable: minutes that each fuzzing test takes.</summary>
    internal const string Variable = "TAPVISOR_FUZZ_MINUTES";

    /// <summary>What is asked for; null for the little that CI has time for.</summary>
    internal static TimeSpan? Asked =>
        double.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out double minutes)
            ? TimeSpan.FromMinutes(minutes)
            : null;
}
