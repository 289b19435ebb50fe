using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Tests.Architecture;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>The executables as they are installed: started, signalled, killed.</summary>
public sealed class TapvisordTests : IDisposable
{
    private const long MiB = 1 << 20;

    private static readonly string s_tapCtl = Tool.Own("TapCtl", "tap-ctl");

    private readonly TemporaryDirectory _directory = new();
    private readonly List<Daemon> _services = [];
    private int? _spawned;
    private readonly Dictionary<string, string> _environment;

    public TapvisordTests()
    {
        _environment = new Dictionary<string, string>
        {
            ["TAPVISOR_CONTROL_DIR"] = _directory.At("ctl"),
            ["TAPVISOR_DAEMON"] = Daemon.Path,
        };
    }

    public void Dispose()
    {
        _services.ForEach(service => service.Dispose());
        if (_spawned is { } pid)
        {
            using Process spawned = Process.GetProcessById(pid);
            spawned.Kill();
            spawned.WaitForExit();
        }
        _directory.Dispose();
    }

    [SkippableFact]
    public async Task Sigterm_ends_the_service_with_exit_0_and_leaves_no_socket()
    {
        Daemon service = await StartAsync();
        Assert.Equal(0, await service.EndAsync("TERM"));
        Assert.Empty(Directory.EnumerateFiles(_directory.At("ctl"), "ctl*"));
    }

    [SkippableFact]
    [Setting("tapvisor.statistics.directory")]
    public async Task Counters_are_published_while_the_service_lives()
    {
        string shared = _directory.At("shm");
        string config = _directory.At("host.hocon");
        await File.WriteAllTextAsync(config, $"tapvisor.statistics {{ directory = \"{shared}\", interval = 10ms }}");
        Daemon service = await StartAsync("--config", config);
        int minor = await CreateAsync(Image());
        string published = Path.Combine(shared, $"td3-{service.Id}", $"vdi-{minor}");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(published), TimeSpan.FromSeconds(30)), $"no {published}");
        Assert.Equal(0, await service.EndAsync("TERM"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(shared));
    }

    [SkippableFact]
    public async Task Sigterm_waits_for_the_requests_in_flight()
    {
        Tool.Require("qemu-io");
        string config = _directory.At("host.hocon");
        await File.WriteAllTextAsync(config, "tapvisor.fault-injection = on");
        Daemon service = await StartAsync("--config", config);
        int minor = await CreateAsync(Image());
        await OkAsync("inject", "-m", $"{minor}", "delay=3000", "-o", "write", "-n", "1");
        Task<string> write = Tool.RunAsync(
            "qemu-io", "-f", "raw", $"nbd+unix:///?socket={_directory.At($"ctl/nbd{service.Id}.{minor}")}", "-c", "write -P 5 0 4k");
        while (!(await OkAsync("stats", "-p", $"{service.Id}", "-m", $"{minor}")).Output.Contains("\"reqs_outstanding\": 1", StringComparison.Ordinal))
            Assert.False(write.IsCompleted, "the write was not delayed");
        Assert.Equal(0, await service.EndAsync("TERM"));
        await write;
        Assert.Equal(5, (await File.ReadAllBytesAsync(_directory.At("a.img")))[0]);
    }

    [SkippableFact]
    public async Task Systemd_is_told_when_disks_can_be_used_and_when_the_end_begins()
    {
        string path = _directory.At("notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        _environment["NOTIFY_SOCKET"] = path;
        Daemon service = await StartAsync();
        Assert.StartsWith("READY=1\n", await ReceiveAsync(systemd), StringComparison.Ordinal);
        await service.EndAsync("TERM");
        Assert.Equal("STOPPING=1", await ReceiveAsync(systemd));
    }

    [SkippableFact]
    public async Task A_wrong_configuration_is_one_sentence_and_exit_1()
    {
        string path = _directory.At("bad.hocon");
        await File.WriteAllTextAsync(path, "tapvisor.engine.kind = epoll");
        ToolResult result = await Tool.TryAsync(Daemon.Path, _environment, "run", "--config", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"tapvisord: The setting tapvisor.engine.kind is 'epoll' in '{path}', line 1, but it must be one of auto, io_uring, libaio.", result.Error.Trim());
    }

    [SkippableFact]
    [Setting("tapvisor.fault-injection")]
    public async Task Sighup_reads_the_configuration_again()
    {
        string path = _directory.At("host.hocon");
        await File.WriteAllTextAsync(path, "tapvisor.fault-injection = off");
        Daemon service = await StartAsync("--config", path);
        int minor = await CreateAsync(Image());
        Assert.Equal(1, (await TapCtlAsync("inject", "-m", $"{minor}", "crash", "-n", "1")).ExitCode);
        await File.WriteAllTextAsync(path, "tapvisor.fault-injection = on");
        service.Signal("HUP");
        await service.SaysAsync("read again");
        Assert.Equal(0, (await TapCtlAsync("inject", "-m", $"{minor}", "crash", "-n", "1")).ExitCode);
    }

    [SkippableFact]
    public async Task Killed_by_9_it_comes_back_with_its_disks_open_or_paused_as_they_were()
    {
        Tool.Require("nbdinfo");
        Daemon first = await StartAsync();
        int open = await CreateAsync(Image());
        int paused = await CreateAsync(Image("b.img"));
        await OkAsync("pause", "-p", $"{first.Id}", "-m", $"{paused}");
        string oldSocket = _directory.At($"ctl/nbd{first.Id}.{open}");
        await first.EndAsync("KILL");

        Daemon second = await StartAsync();
        await second.SaysAsync($"minor {open}: recovered");
        Assert.Equal($"{MiB}", (await InfoAsync(oldSocket)).Trim());
        Assert.Equal($"{MiB}", (await InfoAsync(_directory.At($"ctl/nbd{second.Id}.{open}"))).Trim());
        string list = (await OkAsync("list")).Output;
        Assert.Contains($"pid={second.Id} minor={open} state=0 args=aio:{_directory.At("a.img")}\n", list, StringComparison.Ordinal);
        Assert.Contains($"pid={second.Id} minor={paused} state=0x2a args=aio:{_directory.At("b.img")}\n", list, StringComparison.Ordinal);
        await OkAsync("unpause", "-p", $"{second.Id}", "-m", $"{paused}");
        Assert.False(File.Exists(_directory.At($"ctl/ctl{first.Id}")));
    }

    [SkippableFact]
    public async Task Two_services_work_side_by_side_and_share_the_minors()
    {
        Daemon first = await StartAsync();
        Daemon second = await StartAsync();
        int minor = int.Parse((await OkAsync("allocate")).Output.Trim().Split('-')[^1], CultureInfo.InvariantCulture);
        await OkAsync("attach", "-p", $"{second.Id}", "-m", $"{minor}");
        Assert.Equal(16, (await TapCtlAsync("attach", "-p", $"{first.Id}", "-m", $"{minor}")).ExitCode);
        await OkAsync("open", "-p", $"{second.Id}", "-m", $"{minor}", "-a", $"aio:{Image()}");
        Assert.Equal($"{first.Id}", (await OkAsync("spawn")).Output.Trim());
    }

    [SkippableFact]
    public async Task A_client_starts_the_service_and_it_ends_after_its_last_disk()
    {
        string config = _directory.At("host.hocon");
        await File.WriteAllTextAsync(config, "tapvisor.on-demand-linger = 50ms");
        Daemon service = await StartAsync("--on-demand", "--config", config);
        int minor = await CreateAsync(Image());
        await OkAsync("destroy", "-p", $"{service.Id}", "-m", $"{minor}");
        Assert.Equal(0, await service.ExitAsync());
        Assert.Equal(["service"], Directory.EnumerateFiles(_directory.At("ctl")).Select(Path.GetFileName));
    }

    [SkippableFact]
    public async Task Create_without_a_service_starts_one_that_outlives_the_client()
    {
        string marker = (await OkAsync("create", "-a", $"aio:{Image()}")).Output.Trim();
        Assert.Equal(_directory.At("ctl/tapdisk/tapdisk-0"), marker);
        int pid = int.Parse((await OkAsync("spawn")).Output.Trim(), CultureInfo.InvariantCulture);
        _spawned = pid;
        Assert.Equal($"pid={pid} minor=0 state=0 args=aio:{_directory.At("a.img")}\n", (await OkAsync("list")).Output);
    }

    [SkippableFact]
    public async Task Serve_names_the_disk_and_what_to_try_and_leaves_nothing_behind()
    {
        Tool.Require("nbdinfo");
        Daemon service = Start("serve", "aio:" + Image());
        string uri = "";
        while (uri.Length == 0 && await service.Output.ReadLineAsync() is { } line)
            uri = line.Trim().StartsWith("nbd+unix:", StringComparison.Ordinal) ? line.Trim() : "";
        Assert.Equal($"{MiB}", (await Tool.RunAsync("nbdinfo", "--size", uri)).Trim());
        Assert.Equal(0, await service.EndAsync("INT"));
        Assert.Equal(["service"], Directory.EnumerateFiles(_directory.At("ctl"), "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [SkippableFact]
    public async Task Serve_refuses_an_image_that_is_not_there_by_one_sentence()
    {
        ToolResult result = await Tool.TryAsync(Daemon.Path, _environment, "serve", "aio:/nonexistent/a.img");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("/nonexistent/a.img", result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_hundred_disks_leave_no_file_descriptor_thread_or_memory_behind()
    {
        Tool.Require("nbdinfo");
        Daemon service = await StartAsync();

        // The first round fills the pools that are kept on purpose.
        await UseAsync(service, 100);
        (int files, int descriptors, int threads, long kibibytes) before = Measure(service);
        await UseAsync(service, 100);

        // The service closes a control connection after the client has, which nobody is told.
        Assert.True(SpinWait.SpinUntil(() => Measure(service).Descriptors <= before.descriptors, TimeSpan.FromSeconds(10)), "descriptors leaked");
        (int files, int descriptors, int threads, long kibibytes) after = Measure(service);
        Assert.Equal(before.files, after.files);

        // The thread pool comes and goes by a few; one thread lost by a disk would be a hundred.
        Assert.InRange(after.threads, 0, before.threads + 20);
        Assert.InRange(after.kibibytes, 0, before.kibibytes + (16 << 10));
    }

    private async Task UseAsync(Daemon service, int count)
    {
        var directory = new ControlDirectory(_directory.At("ctl"));
        var client = new ControlClient(directory);
        var markers = new MinorMarkers(directory);
        List<ushort> minors = [.. Enumerable.Range(0, count).Select(_ => (ushort)markers.Allocate())];
        foreach (ushort minor in minors)
        {
            client.Ask<TapdiskResponse.Attach>(service.Id, new TapdiskRequest.Attach(minor), null);
            client.Ask<TapdiskResponse.Open>(
                service.Id, new TapdiskRequest.Open(minor, new TapdiskParams { Path = $"aio:{Image($"{minor}.img")}" }), null);
        }
        Assert.Equal(count, new TapdiskListing(client).Of(service.Id).Count);
        foreach (ushort minor in minors)
            Assert.Equal($"{MiB}", (await InfoAsync(directory.NbdSocket(service.Id, minor))).Trim());
        foreach (ushort minor in minors)
        {
            client.Ask<TapdiskResponse.Close>(service.Id, new TapdiskRequest.Close(minor), null);
            client.Ask<TapdiskResponse.Detach>(service.Id, new TapdiskRequest.Detach(minor), null);
            markers.Free(minor);
        }
    }

    private (int Files, int Descriptors, int Threads, long Kibibytes) Measure(Daemon service)
    {
        string proc = $"/proc/{service.Id}";
        string resident = File.ReadLines($"{proc}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return (
            Directory.GetFileSystemEntries(_directory.At("ctl"), "*", SearchOption.AllDirectories).Length,
            Directory.EnumerateFileSystemEntries($"{proc}/fd").Count(IsOfDisks),
            Directory.GetFileSystemEntries($"{proc}/task").Length,
            long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Not an assembly, which the runtime may open at any time and keeps.</summary>
    private static bool IsOfDisks(string descriptor) =>
        new FileInfo(descriptor).LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) != true;

    private string Image(string name = "a.img") => _directory.Image(name, MiB);

    private Daemon Start(params string[] arguments)
    {
        var service = new Daemon(_environment, arguments);
        _services.Add(service);
        return service;
    }

    private async Task<Daemon> StartAsync(params string[] arguments)
    {
        Daemon service = Start(["run", .. arguments]);
        await service.SaysAsync("serves");
        return service;
    }

    private async Task<int> CreateAsync(string image)
    {
        string marker = (await OkAsync("create", "-a", $"aio:{image}")).Output.Trim();
        return int.Parse(marker.Split('-')[^1], CultureInfo.InvariantCulture);
    }

    private Task<ToolResult> TapCtlAsync(params string[] arguments) => Tool.TryAsync(s_tapCtl, _environment, arguments);

    private async Task<ToolResult> OkAsync(params string[] arguments)
    {
        ToolResult result = await TapCtlAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tap-ctl {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}\n{result.Error}");
        return result;
    }

    private static Task<string> InfoAsync(string socket) => Tool.RunAsync("nbdinfo", "--size", $"nbd+unix:///?socket={socket}");

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
    }
}
