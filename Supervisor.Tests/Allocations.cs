namespace Tapvisor.Tests;

/// <summary>What "allocates nothing" means to a test.</summary>
internal static class Allocations
{
    /// <summary>
    /// Bytes that the runtime may set up once on a busy machine's thread. One smallest object (24 bytes) for each of the thousand and more
    /// requests that a test measures would be more.
    /// </summary>
    internal const long MostOnce = 10_000;
}
