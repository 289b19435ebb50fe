using System.Globalization;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>A tapvisord of its own process, in a directory of its own, and its users' commands.</summary>
internal sealed class ServiceBed : IDisposable
{
    private static readonly string s_tapCtl = Tool.Own("TapCtl", "tap-ctl");
    private static readonly string s_vhdUtil = Tool.Own("VhdUtil", "vhd-util");

    private readonly Dictionary<string, string> _environment;

    private ServiceBed(Func<TemporaryDirectory, string> hocon)
    {
        _environment = new Dictionary<string, string> { ["TAPVISOR_CONTROL_DIR"] = Files.At("ctl") };
        File.WriteAllText(Configuration, hocon(Files));
        Service = StartDaemon();
    }

    internal TemporaryDirectory Files { get; } = new();

    internal Daemon Service { get; private set; }

    private string Configuration => Files.At("host.hocon");

    /// <summary>Starts it with the shipped configuration and <paramref name="hocon"/> over it.</summary>
    internal static Task<ServiceBed> StartAsync(string hocon = "") => StartAsync(_ => hocon);

    /// <summary>As the other, for settings that name <see cref="Files"/>.</summary>
    internal static async Task<ServiceBed> StartAsync(Func<TemporaryDirectory, string> hocon)
    {
        var bed = new ServiceBed(hocon);
        await bed.Service.SaysAsync("serves");
        return bed;
    }

    public void Dispose()
    {
        Service.Dispose();
        Files.Dispose();
    }

    /// <summary>Ends it without a chance to do anything, and starts another.</summary>
    internal async Task KillAndStartAsync()
    {
        await Service.EndAsync("KILL");
        await StartAgainAsync();
    }

    /// <summary>Starts another one after the one that has ended.</summary>
    internal async Task StartAgainAsync()
    {
        Service.Dispose();
        Service = StartDaemon();
        await Service.SaysAsync("serves");
    }

    internal string Uri(int minor) => $"nbd+unix:///?socket={Files.At($"ctl/nbd{Service.Id}.{minor}")}";

    /// <summary>tap-ctl allocate and attach.</summary>
    /// <returns>The minor.</returns>
    internal async Task<int> AttachAsync()
    {
        int minor = MinorOf(await TapCtlAsync("allocate"));
        await TapCtlAsync("attach", "-p", $"{Service.Id}", "-m", $"{minor}");
        return minor;
    }

    /// <summary>tap-ctl create.</summary>
    /// <returns>The minor.</returns>
    internal async Task<int> CreateAsync(string image, params string[] options) =>
        MinorOf(await TapCtlAsync(["create", "-a", image, .. options]));

    /// <summary>A verb of tap-ctl on a disk, which has to succeed.</summary>
    internal Task<string> DiskAsync(string verb, int minor, params string[] options) =>
        TapCtlAsync([verb, "-p", $"{Service.Id}", "-m", $"{minor}", .. options]);

    /// <summary>tap-ctl open -E.</summary>
    internal Task<ToolResult> TryOpenAsync(int minor, string image, byte[] key, params string[] options) => Tool.TryAsync(
        s_tapCtl, _environment, key, ["open", "-p", $"{Service.Id}", "-m", $"{minor}", "-a", image, "-E", .. options]);

    internal Task<ToolResult> TryTapCtlAsync(params string[] arguments) => Tool.TryAsync(s_tapCtl, _environment, arguments);

    /// <summary>tap-ctl, which has to succeed.</summary>
    /// <returns>Its output.</returns>
    internal async Task<string> TapCtlAsync(params string[] arguments)
    {
        ToolResult result = await TryTapCtlAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tap-ctl {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}\n{result.Error}");
        return result.Output;
    }

    /// <summary>vhd-util as its own process, which has to succeed.</summary>
    internal static Task<string> VhdUtilAsync(params string[] arguments) => Tool.RunAsync(s_vhdUtil, arguments);

    private static int MinorOf(string marker) => int.Parse(marker.Trim().Split('-')[^1], CultureInfo.InvariantCulture);

    private Daemon StartDaemon() => new(_environment, "run", "--config", Configuration);
}
