using System.Globalization;
using System.Runtime.InteropServices;

namespace Tapvisor.Benchmarks.Nbd.Machine;

/// <summary>What the numbers were measured on.</summary>
internal sealed record MachineInfo(string Processor, int Processors, long MemoryBytes, string Kernel, string Runtime, string Storage)
{
    internal static MachineInfo Read(string imagePath)
    {
        string cpu = File.ReadAllText("/proc/cpuinfo");
        return new MachineInfo(
            ProcStatus.Value(cpu, "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            ProcStatus.Bytes(File.ReadAllText("/proc/meminfo"), "MemTotal"),
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            RuntimeInformation.FrameworkDescription,
            MountTable.Describe(File.ReadAllText("/proc/self/mounts"), imagePath));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processors} × {Processor}, {MemoryBytes / (double)ByteSize.GiB:0.#} GiB, Linux {Kernel}, {Runtime}");
}
