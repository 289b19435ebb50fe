namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// Decides whether to look for completions for a while before sleeping: yes as long as waits have lately been shorter than that while.
/// </summary>
/// <param name="limit">Nanoseconds to look; 0 for never.</param>
internal sealed class Spinner(long limit)
{
    private long _expected;

    internal long Limit => limit;

    internal bool IsOn => limit > 0;

    internal bool IsWorthwhile => _expected <= limit;

    /// <summary>
    /// A wait took this many nanoseconds: the expectation follows at a quarter of the distance, so that one pause counts little.
    /// </summary>
    internal void Observe(long wait) => _expected += (Math.Min(wait, 16 * limit) - _expected) / 4;
}
