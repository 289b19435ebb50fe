using System.Globalization;

namespace Tapvisor.Benchmarks.Nbd.Processes;

/// <summary>Whether server and client have a processor each, by taskset(1), or the kernel places them.</summary>
internal sealed record CpuPinning(bool Enabled)
{
    internal const string Program = "taskset";

    private const int ServerCpu = 0;
    private const int ClientCpu = 1;

    /// <summary>For reports.</summary>
    internal string Placement => Enabled
        ? $"server on processor {ServerCpu} and fio on processor {ClientCpu}"
        : "processors left to the kernel";

    internal ProgramCall Server(ProgramCall command) => On(ServerCpu, command);

    internal ProgramCall Client(ProgramCall command) => On(ClientCpu, command);

    /// <exception cref="BenchmarkException">It is wanted and cannot be had.</exception>
    internal void Check()
    {
        if (Enabled && Environment.ProcessorCount < 2)
            throw new BenchmarkException("--pin needs two processors, one for the server and one for the client; this machine has one.");
        if (Enabled && ProgramPath.Find(Program) is null)
            throw new BenchmarkException("--pin needs taskset (util-linux), which is not in PATH.");
    }

    // taskset becomes the program, so the process id stays the one that was started.
    private ProgramCall On(int cpu, ProgramCall command) => Enabled
        ? new ProgramCall(Program, ["--cpu-list", cpu.ToString(CultureInfo.InvariantCulture), command.Program, .. command.Arguments])
        : command;
}
