namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>What a service does not do when it starts, of all that its libraries would: a host's memory and processors are its guests'.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _environment;

    public StartTests() => _environment = new Dictionary<string, string> { ["TAPVISOR_CONTROL_DIR"] = _directory.At("ctl") };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Newtonsoft.Json")]
    [InlineData("System.Reflection.Emit.Lightweight")]
    [InlineData("System.Reflection.Emit.ILGeneration")]
    public async Task It_loads_nothing_that_it_has_no_use_for(string library)
    {
        using var service = new Daemon(_environment, "run");
        await service.SaysAsync("serves");
        Assert.DoesNotContain($"/{library}.dll", await File.ReadAllTextAsync($"/proc/{service.Id}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_file_of_NET_beside_the_program_is_not_read()
    {
        string place = _directory.At("service");
        await Tool.RunAsync("cp", "-r", Path.GetDirectoryName(Daemon.Path)!, place);
        await File.WriteAllTextAsync(Path.Combine(place, "tapvisord.dll.config"), "<configuration><akka>");

        using var service = new Daemon(Path.Combine(place, "tapvisord"), _environment, ["run"]);
        await service.SaysAsync("serves");
    }

    [Theory]
    [InlineData("ctl")]
    [InlineData("ctl/tapdisk")]
    [InlineData("ctl/journal")]
    [InlineData("ctl/rings")]
    public async Task A_file_where_a_directory_must_be_is_named_before_anything_is_made(string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.At(place))!);
        await File.WriteAllTextAsync(_directory.At(place), "");
        await IsRefusedAsync($"'{_directory.At(place)}' is no directory");
    }

    [Fact]
    public async Task A_control_directory_whose_sockets_could_not_be_bound_is_refused()
    {
        _environment["TAPVISOR_CONTROL_DIR"] = $"/tmp/{new string('x', 90)}";
        await IsRefusedAsync("has 95 characters");
    }

    [Fact]
    public async Task A_group_that_does_not_exist_is_refused()
    {
        string config = _directory.At("host.hocon");
        await File.WriteAllTextAsync(config, "tapvisor.control-group = nobody-has-this-group");
        await IsRefusedAsync("nobody-has-this-group", "--config", config);
    }

    [Theory]
    [InlineData("--config", "--config names no file")]
    [InlineData("--control-directory", "--control-directory names no directory")]
    public async Task An_empty_path_is_refused(string option, string why)
    {
        ToolResult result = await Tool.TryAsync(Daemon.Path, _environment, ["run", option, ""]);
        Assert.Equal((1, $"tapvisord: {why}.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Nothing_is_said_on_standard_output_however_much_is_logged()
    {
        string config = _directory.At("host.hocon");
        await File.WriteAllTextAsync(config, "tapvisor.log.level = debug");
        using var service = new Daemon(_environment, "run", "--config", config);
        await service.SaysAsync("serves");
        Assert.Equal(0, await service.EndAsync("TERM"));
        Assert.Equal("", await service.Output.ReadToEndAsync());
    }

    [Theory]
    [InlineData("run --config /nowhere 2> /dev/full")]
    [InlineData("run --config /nowhere 2>&-")]
    [InlineData("--help > /dev/full")]
    public async Task What_cannot_be_said_costs_nothing_but_the_saying(string arguments)
    {
        ToolResult result = await Tool.TryAsync("sh", _environment, "-c", $"exec {Daemon.Path} {arguments}");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Error);
    }

    private async Task IsRefusedAsync(string why, params string[] arguments)
    {
        ToolResult result = await Tool.TryAsync(Daemon.Path, _environment, ["run", .. arguments]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(character => character == '\n'));
    }
}
