using System.Diagnostics;
using Tapvisor.Control;
using Tapvisor.Tests.Supervisor.EndToEnd;

namespace Tapvisor.Tests.Scripts;

/// <summary>
/// A dom0 for block-tap: the service as it is installed, tap-ctl, and a XenStore whose nodes are files, behind the names of Xen's tools.
/// </summary>
internal sealed class HotplugHost : IDisposable
{
    private const long ImageBytes = 1 << 20;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<Daemon> _services = [];
    private readonly Dictionary<string, string> _environment;

    /// <param name="shell">What runs the script.</param>
    internal HotplugHost(string shell = "sh")
    {
        Shell = shell;
        string tools = Path.Combine(AppContext.BaseDirectory, "Scripts", "Tools");
        string tapCtl = Path.GetDirectoryName(Tool.Own("TapCtl", "tap-ctl"))!;
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{tools}:{tapCtl}:{Environment.GetEnvironmentVariable("PATH")}",
            ["TAPVISOR_CONTROL_DIR"] = _directory.At("ctl"),
            ["TAPVISOR_DAEMON"] = Daemon.Path,
            ["HOTPLUG_LOCK"] = _directory.At("lock/block-tap"),
            ["HOTPLUG_LOG"] = _directory.At("hotplug.log"),
            ["XENSTORE_FILES"] = _directory.At("store"),
            ["XENBUS_TYPE"] = "vbd3",
            ["XENBUS_BASE_PATH"] = "backend",
        };
        Client = new ControlClient(new ControlDirectory(_directory.At("ctl")));
    }

    internal string Shell { get; }

    internal ControlClient Client { get; }

    internal string Log => File.ReadAllText(_directory.At("hotplug.log"));

    /// <summary>Every disk that is open.</summary>
    internal List<TapdiskEntry> Disks => [.. new TapdiskListing(Client).All().Where(disk => disk.Path is not null)];

    public void Dispose()
    {
        _services.ForEach(service => service.Dispose());
        foreach (int pid in new TapdiskListing(Client).All().Select(disk => disk.Pid).OfType<int>().Distinct())
        {
            using Process spawned = Process.GetProcessById(pid);
            spawned.Kill();
            spawned.WaitForExit();
        }
        _directory.Dispose();
    }

    internal async Task<Daemon> ServeAsync()
    {
        var service = new Daemon(_environment, "run");
        _services.Add(service);
        await service.SaysAsync("serves");
        return service;
    }

    internal string Image(string name = "a.img") => _directory.Image(name, ImageBytes);

    /// <summary>A device that has no nodes yet.</summary>
    internal HotplugDevice Device(int domain, int device) => new($"backend/vbd3/{domain}/{device}", _directory.At("store"));

    /// <summary>The nodes that libxl writes before it runs the script.</summary>
    /// <returns>The backend directory.</returns>
    internal HotplugDevice Attach(int domain, string parameters, string mode = "w", int device = 51712)
    {
        HotplugDevice attached = Device(domain, device);
        attached["params"] = parameters;
        attached["mode"] = mode;
        attached["frontend-id"] = $"{domain}";
        return attached;
    }

    /// <summary>A stub domain's guest.</summary>
    internal void Target(int stubDomain, int guest) =>
        new HotplugDevice($"/local/domain/{stubDomain}", _directory.At("store"))["target"] = $"{guest}";

    /// <summary>XenStore refuses what is written from now on, or no longer.</summary>
    internal void RefuseWrites() => File.Create(_directory.At("store/is-read-only")).Dispose();

    internal Task<ToolResult> RunAsync(string command, HotplugDevice device)
    {
        var environment = new Dictionary<string, string>(_environment) { ["XENBUS_PATH"] = device.Path };
        string script = Path.Combine(AppContext.BaseDirectory, "Scripts", "block-tap");
        return Shell == "sh"
            ? Tool.TryAsync("sh", environment, script, command)
            : Tool.TryAsync(Shell, environment, "sh", script, command);
    }

    /// <summary>Fails the test unless the script succeeds.</summary>
    internal async Task OkAsync(string command, HotplugDevice device)
    {
        ToolResult result = await RunAsync(command, device);
        Assert.True(result.ExitCode == 0, $"block-tap {command}: exit {result.ExitCode}\n{result.Output}\n{result.Error}");
    }
}
