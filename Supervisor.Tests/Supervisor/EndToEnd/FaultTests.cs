using System.Text.Json;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>Faults under a real client's load: it sees latency only, and every byte verifies.</summary>
public sealed class FaultTests
{
    private const long MiB = 1 << 20;

    private const string Settings = "tapvisor { fault-injection = on, restart { backoff-minimum = 10ms, image-restarts = 50 } }";

    // Only where something hangs on purpose: a busy storage may take as long.
    private const string Impatience = "\ntapvisor.disk.hang-timeout = 300ms";

    [SkippableTheory]
    [InlineData(FaultKind.Crash, FaultOperation.Write, 0, 5)]
    [InlineData(FaultKind.Crash, FaultOperation.Read, 0, 5)]
    [InlineData(FaultKind.Hang, FaultOperation.Any, 0, 2)]
    [InlineData(FaultKind.Delay, FaultOperation.Write, 50, 20)]
    public async Task Fio_verifies_every_block_although_the_driver_misbehaves(FaultKind kind, FaultOperation operation, uint argument, uint count)
    {
        Tool.Require("fio");
        await using TestService service = await TestService.StartAsync(kind == FaultKind.Hang ? Settings + Impatience : Settings);
        int minor = service.Create($"aio:{service.Files.Image("a.img", 32 * MiB)}");
        int other = service.Create($"aio:{service.Files.Image("b.img", MiB)}");
        service.Ask<TapdiskResponse.Inject>(new TapdiskRequest.Inject((ushort)minor, kind, operation, argument, count));
        await Tool.RunAsync(
            "fio", "--name=verify", "--ioengine=nbd", $"--uri={service.Uri(minor)}", "--rw=randwrite", "--bsrange=4k-64k", "--iodepth=16",
            "--size=32M", "--verify=crc32c", "--verify_fatal=1", "--randseed=7", "--output=/dev/null");
        JsonElement restarts = RestartsOf(service, minor);
        Assert.Equal(kind == FaultKind.Delay, restarts.GetProperty("image").GetInt32() == 0);
        Assert.Equal(0, RestartsOf(service, other).GetProperty("image").GetInt32());
        if (kind == FaultKind.Crash)
            Assert.Contains("crashes on", restarts.GetProperty("last_reason").GetString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_injected_errno_reaches_the_client_and_nothing_else_breaks()
    {
        Tool.Require("qemu-io");
        await using TestService service = await TestService.StartAsync(Settings);
        int minor = service.Create($"aio:{service.Files.Image("a.img", MiB)}");
        service.Ask<TapdiskResponse.Inject>(new TapdiskRequest.Inject((ushort)minor, FaultKind.Error, FaultOperation.Read, 5, 1));
        ToolResult result = await Tool.TryAsync(
            "qemu-io", new Dictionary<string, string>(), "-f", "raw", service.Uri(minor), "-c", "read 0 4k", "-c", "read 0 4k");
        Assert.Contains("Input/output error", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Contains("read 4096/4096 bytes", result.Output, StringComparison.Ordinal);
    }

    private static JsonElement RestartsOf(TestService service, int minor) => service.Stats(minor).GetProperty("restarts");
}
