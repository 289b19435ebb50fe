using System.Globalization;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>One service after the other in the same directory, on a host that has more to do than it can.</summary>
public sealed class LivesTests : IDisposable
{
    private const int Lives = 5;
    private const long MiB = 1 << 20;

    private static readonly string s_tapCtl = Tool.Own("TapCtl", "tap-ctl");

    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Thread> _load = [];
    private readonly Dictionary<string, string> _environment;

    public LivesTests() => _environment = new Dictionary<string, string> { ["TAPVISOR_CONTROL_DIR"] = _directory.At("ctl") };

    public void Dispose()
    {
        _end.Cancel();
        _load.ForEach(thread => thread.Join());
        _end.Dispose();
        _directory.Dispose();
    }

    [SkippableFact]
    public async Task Each_starts_is_used_and_is_gone_with_0()
    {
        Tool.Require("nbdinfo");
        KeepBusy();
        string image = _directory.Image("a.img", MiB);
        string? minor = null;
        for (int life = 0; life < Lives * Seeds.Factor; life++)
        {
            using var service = new Daemon(_environment, "run");
            await service.SaysAsync("serves");

            // Every other time the disk is left to the service's end, and comes back with the next service.
            bool isLeft = minor is null;
            if (minor is null)
                minor = (await OkAsync(s_tapCtl, "create", "-a", $"aio:{image}")).Output.Trim().Split('-')[^1];
            else
                await service.SaysAsync($"minor {minor}: recovered aio:");
            string socket = _directory.At(string.Create(CultureInfo.InvariantCulture, $"ctl/nbd{service.Id}.{minor}"));
            Assert.Equal($"{MiB}", (await OkAsync("nbdinfo", "--size", $"nbd+unix:///?socket={socket}")).Output.Trim());
            if (!isLeft)
            {
                await OkAsync(s_tapCtl, "destroy", "-p", $"{service.Id}", "-m", minor);
                minor = null;
            }
            Assert.Equal(0, await service.EndAsync("TERM"));
            Assert.Equal("", await service.Output.ReadToEndAsync());
        }
    }

    private void KeepBusy()
    {
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            var thread = new Thread(() =>
            {
                while (!_end.IsCancellationRequested)
                    Thread.SpinWait(1000);
            });
            thread.Start();
            _load.Add(thread);
        }
    }

    private async Task<ToolResult> OkAsync(string program, params string[] arguments)
    {
        ToolResult result = await Tool.TryAsync(program, _environment, arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}\n{result.Error}");
        return result;
    }
}
