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
}
