using System.Globalization;

namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>The CPU time of the calling thread.</summary>
internal static class ThreadTime
{
    /// <summary>From the first field of schedstat, in nanoseconds.</summary>
    internal static TimeSpan Now => TimeSpan.FromMicroseconds(
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000.0);
}
