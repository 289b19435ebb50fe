using System.Globalization;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>Upstream's tapdisk, one process for one disk, driven by its own tap-ctl. Both look for each other below /run.</summary>
/// <param name="prefix">Where blktap was installed.</param>
internal sealed class UpstreamTapdisk(string prefix)
{
    internal const string Name = "upstream-tapdisk";

    private const string ControlDirectory = "/run/blktap-control";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private string _minor = "";

    internal ServerRecipe Recipe() => new(
        Name,
        Path.Combine(prefix, "libexec", "tapdisk"),
        "libaio, direct I/O",
        (_, _) => ["-D"],
        (_, pid) => $"{ControlDirectory}/nbd{pid}.{_minor}")
    {
        Control = new ServerControl(pid => $"{ControlDirectory}/ctl{pid}", OpenAsync, CloseAsync),
    };

    private async Task OpenAsync(int pid, BenchmarkImage image, CancellationToken cancellation)
    {
        string marker = await TapCtlAsync(cancellation, "allocate");
        _minor = marker[(marker.LastIndexOf('-') + 1)..];
        await TapCtlAsync(cancellation, ["attach", .. Target(pid)]);
        await TapCtlAsync(cancellation, ["open", .. Target(pid), "-a", $"vhd:{image.Path}"]);
    }

    private async Task CloseAsync(int pid)
    {
        await TapCtlAsync(CancellationToken.None, ["close", .. Target(pid)]);
        await TapCtlAsync(CancellationToken.None, ["detach", .. Target(pid)]);
        await TapCtlAsync(CancellationToken.None, "free", "-m", _minor);
    }

    private string[] Target(int pid) => ["-p", pid.ToString(CultureInfo.InvariantCulture), "-m", _minor];

    private async Task<string> TapCtlAsync(CancellationToken cancellation, params string[] arguments)
    {
        var call = new ProgramCall(Path.Combine(prefix, "sbin", "tap-ctl"), arguments);
        ProcessResult result = await ChildProcess.RunAsync(call, Limit, cancellation);
        return result.ExitCode == 0
            ? result.Output.Trim()
            : throw new BenchmarkException($"Upstream's tap-ctl {arguments[0]} exited with {result.ExitCode}: {result.LastLines()}");
    }
}
