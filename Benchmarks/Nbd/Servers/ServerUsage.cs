using Tapvisor.Benchmarks.Nbd.Machine;

namespace Tapvisor.Benchmarks.Nbd.Servers;

/// <summary>What a process has used.</summary>
/// <param name="CpuSeconds">User and system time of all its threads, ended ones and the kernel's io-wq workers included.</param>
/// <param name="RssBytes">Resident memory now.</param>
internal sealed record ServerUsage(double CpuSeconds, long RssBytes)
{
    /// <exception cref="IOException">There is no such process.</exception>
    internal static ServerUsage Read(int pid) => new(
        ProcStat.CpuSeconds(File.ReadAllText($"/proc/{pid}/stat")),
        ProcStatus.RssBytes(File.ReadAllText($"/proc/{pid}/status")));
}
