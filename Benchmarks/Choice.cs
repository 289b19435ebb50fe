using System.CommandLine;

namespace Tapvisor.Benchmarks;

/// <summary>Options that need a check.</summary>
internal static class Choice
{
    /// <summary>Those of a list that are named, with commas between; all if none is.</summary>
    /// <exception cref="BenchmarkException">There is none of that name.</exception>
    internal static IReadOnlyList<T> Of<T>(string what, string? wanted, IReadOnlyList<T> all, Func<T, string> name) => wanted is null
        ? [.. all]
        : [.. wanted.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Select(one =>
            all.FirstOrDefault(item => name(item) == one)
            ?? throw new BenchmarkException($"There is no {what} '{one}'; there are {string.Join(", ", all.Select(name))}."))];

    /// <exception cref="BenchmarkException">It is not positive.</exception>
    internal static int Positive(Option<int> option, ParseResult parsed) => parsed.GetValue(option) is > 0 and var value
        ? value
        : throw new BenchmarkException($"{option.Name} {parsed.GetValue(option)} is not positive.");
}
