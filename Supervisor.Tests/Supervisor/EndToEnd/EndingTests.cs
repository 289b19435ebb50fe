using System.Diagnostics;
using System.Globalization;
using Tapvisor.Control;
using Tapvisor.Tests.Architecture;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>However the service is when it is told to end, its process is gone within its limits, with exit code 0 and nothing on standard output.</summary>
public sealed class EndingTests : IDisposable
{
    private const long MiB = 1 << 20;

    // What a pipe holds by default: pipe(7).
    private const int PipeBytes = 1 << 16;

    private static readonly string s_tapCtl = Tool.Own("TapCtl", "tap-ctl");

    private readonly TemporaryDirectory _directory = new();
    private readonly List<Daemon> _services = [];
    private readonly Dictionary<string, string> _environment;

    public EndingTests() => _environment = new Dictionary<string, string> { ["TAPVISOR_CONTROL_DIR"] = _directory.At("ctl") };

    public void Dispose()
    {
        _services.ForEach(service => service.Dispose());
        _directory.Dispose();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task A_service_without_disks_ends_at_each_of_the_signals(string signal) => await EndsAsync(await StartAsync(), signal);

    [Fact]
    public async Task A_service_with_open_and_paused_disks_ends()
    {
        Daemon service = await StartAsync();
        int paused = await CreateAsync("a.img");
        await CreateAsync("b.img");
        await OkAsync("pause", "-p", $"{service.Id}", "-m", $"{paused}");
        await EndsAsync(service, "TERM");
    }

    [Fact]
    public async Task A_signal_during_the_start_ends_it()
    {
        Daemon service = Start();
        await service.SaysAsync("engines started");
        await EndsAsync(service, "TERM");
    }

    [Fact]
    public async Task A_second_signal_changes_nothing()
    {
        Daemon service = await StartAsync();
        await CreateAsync("a.img");
        service.Signal("TERM");
        service.Signal("INT");
        await EndsAsync(service, "TERM");
    }

    [Fact]
    public async Task A_signal_while_a_disk_is_recovered_ends_it_and_the_next_service_has_the_disk()
    {
        Daemon first = await StartAsync();
        int minor = await CreateAsync("a.img");
        await first.EndAsync("KILL");
        File.Move(_directory.At("a.img"), _directory.At("away.img"));

        Daemon second = await StartAsync();
        await second.SaysAsync($"minor {minor}: not recovered yet");
        await EndsAsync(second, "TERM");

        File.Move(_directory.At("away.img"), _directory.At("a.img"));
        Daemon third = await StartAsync();
        await third.SaysAsync($"minor {minor}: recovered");
    }

    [SkippableFact]
    [Setting("tapvisor.shutdown-timeout")]
    public async Task A_disk_that_hangs_is_named_and_keeps_the_process_no_longer_than_the_shutdown_timeout_says()
    {
        Tool.Require("qemu-io");
        Daemon service = await StartAsync("tapvisor { fault-injection = on, shutdown-timeout = 100ms, disk.hang-timeout = 1h }");
        int minor = await CreateAsync("a.img");
        await OkAsync("inject", "-m", $"{minor}", "hang", "-o", "write", "-n", "1");
        Task write = Tool.TryAsync(
            "qemu-io", _environment, "-f", "raw", $"nbd+unix:///?socket={_directory.At($"ctl/nbd{service.Id}.{minor}")}", "-c", "write 0 4k");
        while (!(await OkAsync("stats", "-p", $"{service.Id}", "-m", $"{minor}")).Output.Contains("\"reqs_outstanding\": 1", StringComparison.Ordinal))
            Assert.False(write.IsCompleted, "the write does not hang");
        service.Signal("TERM");
        await service.SaysAsync($"minors {minor} were not closed within 0.1 s");
        Assert.Equal(0, await service.ExitAsync());
        await write;
    }

    [Fact]
    [Setting("tapvisor.log.level")]
    public async Task At_level_debug_the_log_has_lines_of_actors_and_a_reload_takes_them_away()
    {
        Daemon service = await StartAsync("tapvisor.log.level = debug");
        await CreateAsync("a.img");
        await service.SaysAsync("DBG minor 0: Opening");
        await File.WriteAllTextAsync(_directory.At("host.hocon"), "tapvisor.log.level = information");
        service.Signal("HUP");
        await service.SaysAsync("read again");
        int minor = await CreateAsync("b.img");
        await service.SaysAsync($"minor {minor}: opened");
        Assert.DoesNotContain($"DBG minor {minor}", service.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tapvisor.nbd.conections = 1", "the nearest one is tapvisor.nbd.connections")]
    [InlineData("tapvisor {", "line 1, cannot be used: the '{' of line 1 is not closed")]
    [InlineData("akka.actor.guardian-supervisor-strategy = Nonsense", "actor system cannot be made")]
    public async Task A_service_that_cannot_start_says_so_in_one_line(string hocon, string reason)
    {
        string config = _directory.At("host.hocon");
        await File.WriteAllTextAsync(config, hocon);
        ToolResult result = await Tool.TryAsync(Daemon.Path, _environment, "run", "--config", config);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Error.Trim().Split('\n'), line => !line.Contains(" INF ", StringComparison.Ordinal));
        Assert.StartsWith("tapvisord: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_of_a_broken_file_leaves_the_service_as_it_was()
    {
        Daemon service = await StartAsync("tapvisor.fault-injection = on");
        int minor = await CreateAsync("a.img");
        await File.WriteAllTextAsync(_directory.At("host.hocon"), "tapvisor.fault-injection = off\na = ${b}\nb = ${a}");
        service.Signal("HUP");
        await service.SaysAsync("was not read again");
        await OkAsync("inject", "-m", $"{minor}", "delay=1", "-n", "1");
        await EndsAsync(service, "TERM");
    }

    [Fact]
    public async Task A_service_whose_control_directory_was_removed_ends()
    {
        Daemon service = await StartAsync();
        await CreateAsync("a.img");
        Directory.Delete(_directory.At("ctl"), recursive: true);
        await EndsAsync(service, "TERM");
        Assert.DoesNotContain("were not closed", service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_log_nobody_reads_serves_and_ends()
    {
        string log = _directory.At("log");
        await Tool.RunAsync("mkfifo", log);
        using FileStream full = new(log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        await full.WriteAsync(new byte[PipeBytes]);

        using Process service = Tool.Start("sh", _environment, "-c", $"exec {Daemon.Path} run 2> {log}");
        var directory = new ControlDirectory(_directory.At("ctl"));
        Assert.True(SpinWait.SpinUntil(() => ServiceFile.FindService(directory) is not null, TimeSpan.FromMinutes(2)), "It does not serve.");
        await CreateAsync("a.img");
        await Tool.RunAsync("kill", $"{service.Id}");
        await service.WaitForExitAsync();
        Assert.Equal(0, service.ExitCode);
    }

    private static async Task EndsAsync(Daemon service, string signal)
    {
        Assert.Equal(0, await service.EndAsync(signal));
        Assert.Equal("", await service.Output.ReadToEndAsync());
    }

    private Daemon Start(string hocon = "")
    {
        string config = _directory.At("host.hocon");
        File.WriteAllText(config, hocon);
        var service = new Daemon(_environment, "run", "--config", config);
        _services.Add(service);
        return service;
    }

    private async Task<Daemon> StartAsync(string hocon = "")
    {
        Daemon service = Start(hocon);
        await service.SaysAsync("serves");
        return service;
    }

    private async Task<int> CreateAsync(string image)
    {
        string marker = (await OkAsync("create", "-a", $"aio:{_directory.Image(image, MiB)}")).Output.Trim();
        return int.Parse(marker.Split('-')[^1], CultureInfo.InvariantCulture);
    }

    private async Task<ToolResult> OkAsync(params string[] arguments)
    {
        ToolResult result = await Tool.TryAsync(s_tapCtl, _environment, arguments);
        Assert.True(result.ExitCode == 0, $"tap-ctl {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}\n{result.Error}");
        return result;
    }
}
