namespace Tapvisor.Benchmarks.Service;

/// <summary>One life of a service.</summary>
/// <param name="StartMilliseconds">From its start until its control socket answers.</param>
/// <param name="StartCpuMilliseconds">Processor time until then.</param>
/// <param name="IdleMebibytes">Resident without disks.</param>
/// <param name="Threads">Threads without disks.</param>
/// <param name="CreateMilliseconds">For all disks: allocate, attach, open.</param>
/// <param name="DisksMebibytes">Resident with all disks.</param>
/// <param name="EndMilliseconds">From SIGTERM until the process is gone, with all disks open.</param>
internal sealed record ServiceFigures(
    double StartMilliseconds,
    double StartCpuMilliseconds,
    double IdleMebibytes,
    double Threads,
    double CreateMilliseconds,
    double DisksMebibytes,
    double EndMilliseconds);
