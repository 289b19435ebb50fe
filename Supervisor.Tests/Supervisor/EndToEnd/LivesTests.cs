using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>One service after the other in the same directory, on a host that has more to do than it can.</summary>
public sealed class LivesTests : IDisposable
{
    private const int Lives = 5;
    private const long MiB = 1 << 20;

    private readonly CancellationTokenSource _end = new();
    private readonly List<Thread> _load = [];

    public void Dispose()
    {
        _end.Cancel();
        _load.ForEach(thread => thread.Join());
        _end.Dispose();
    }

    [SkippableFact]
    public async Task Each_starts_is_used_and_is_gone_with_0()
    {
        Tool.Require("nbdinfo");
        KeepBusy();
        using ServiceBed bed = await ServiceBed.StartAsync();
        string image = bed.Files.Image("a.img", MiB);
        int? left = null;
        for (int life = 0; life < Lives * Seeds.Factor; life++)
        {
            if (life > 0)
                await bed.StartAgainAsync();
            if (left is { } former)
                await bed.Service.SaysAsync($"minor {former}: recovered aio:");
            int minor = left ?? await bed.CreateAsync($"aio:{image}");
            Assert.Equal($"{MiB}", (await Tool.RunAsync("nbdinfo", "--size", bed.Uri(minor))).Trim());

            // Every other time the disk is left to the service's end, and comes back with the next service.
            if (left is not null)
                await bed.DiskAsync("destroy", minor);
            left = left is null ? minor : null;
            Assert.Equal(0, await bed.Service.EndAsync("TERM"));
            Assert.Equal("", await bed.Service.Output.ReadToEndAsync());
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
}
