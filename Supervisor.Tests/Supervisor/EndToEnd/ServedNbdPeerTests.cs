using System.Text.Json;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>A served disk as the programs see it that people use.</summary>
public sealed class ServedNbdPeerTests
{
    private const long MiB = 1 << 20;

    [SkippableFact]
    public async Task Nbdinfo_sees_a_disk_that_can_do_what_it_says()
    {
        Tool.Require("nbdinfo");
        await using TestService service = await TestService.StartAsync();
        int minor = service.Create($"aio:{service.Files.Image("a.img", 64 * MiB)}");
        using JsonDocument info = JsonDocument.Parse(await Tool.RunAsync("nbdinfo", "--json", service.Uri(minor)));
        JsonElement export = info.RootElement.GetProperty("exports")[0];
        Assert.Equal(64 * MiB, export.GetProperty("export-size").GetInt64());
        foreach (string ability in (string[])["can_flush", "can_fua", "can_multi_conn", "can_trim", "can_zero", "can_df"])
            Assert.True(export.GetProperty(ability).GetBoolean(), ability);
        Assert.False(export.GetProperty("is_read_only").GetBoolean());
        Assert.Contains("base:allocation", export.GetProperty("contexts").EnumerateArray().Select(context => context.GetString()));
    }

    [SkippableFact]
    public async Task A_read_only_disk_says_so_and_refuses_writes()
    {
        Tool.Require("nbdinfo", "qemu-io");
        await using TestService service = await TestService.StartAsync();
        int minor = service.Create($"aio:{service.Files.Image("a.img", MiB)}", TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY);
        Assert.Contains("\"is_read_only\": true", await Tool.RunAsync("nbdinfo", "--json", service.Uri(minor)), StringComparison.Ordinal);
        ToolResult write = await Tool.TryAsync("qemu-io", new Dictionary<string, string>(), "-f", "raw", service.Uri(minor), "-c", "write 0 4k");
        Assert.NotEqual(0, write.ExitCode);
    }

    [SkippableFact]
    public async Task Nbdcopy_copies_both_ways_and_qemu_img_finds_no_difference()
    {
        Tool.Require("nbdcopy", "qemu-img");
        await using TestService service = await TestService.StartAsync();
        string source = service.Files.At("source.img");
        byte[] content = new byte[24 * MiB];
        new Random(11).NextBytes(content);
        content.AsSpan((int)(8 * MiB), (int)(8 * MiB)).Clear();
        await File.WriteAllBytesAsync(source, content);
        string image = service.Files.Image("served.img", content.Length);
        int minor = service.Create($"aio:{image}");
        await Tool.RunAsync("nbdcopy", "--flush", source, service.Uri(minor));
        await Tool.RunAsync("qemu-img", "compare", "-f", "raw", "-F", "raw", source, service.Uri(minor));
        string copy = service.Files.At("copy.img");
        await Tool.RunAsync("nbdcopy", service.Uri(minor), copy);
        Assert.Equal(content, await File.ReadAllBytesAsync(copy));
        service.Destroy(minor);
        Assert.Equal(content, await File.ReadAllBytesAsync(image));
    }

    [SkippableFact]
    public async Task Qemu_io_reads_the_patterns_it_wrote_at_odd_offsets()
    {
        Tool.Require("qemu-io");
        await using TestService service = await TestService.StartAsync();
        int minor = service.Create($"aio:{service.Files.Image("a.img", 8 * MiB)}");
        string output = await Tool.RunAsync(
            "qemu-io", "-f", "raw", service.Uri(minor),
            "-c", "write -P 0x11 0 64k", "-c", "write -P 0x22 1000 3000", "-c", "write -z 8192 4096", "-c", "discard 1M 1M", "-c", "flush",
            "-c", "read -P 0x11 0 1000", "-c", "read -P 0x22 1000 3000", "-c", "read -P 0x11 4000 4192", "-c", "read -P 0 8192 4096",
            "-c", "read -P 0x11 12288 53248");
        Assert.DoesNotContain("verification failed", output, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task Qemu_img_map_shows_what_is_allocated()
    {
        Tool.Require("qemu-img", "qemu-io");
        await using TestService service = await TestService.StartAsync();
        int minor = service.Create($"aio:{service.Files.Image("a.img", 16 * MiB)}");
        await Tool.RunAsync("qemu-io", "-f", "raw", service.Uri(minor), "-c", "write -P 1 4M 1M", "-c", "flush");
        using JsonDocument map = JsonDocument.Parse(await Tool.RunAsync("qemu-img", "map", "--output=json", "-f", "raw", service.Uri(minor)));
        long data = map.RootElement.EnumerateArray().Where(e => e.GetProperty("data").GetBoolean()).Sum(e => e.GetProperty("length").GetInt64());
        Assert.Equal(MiB, data);
    }

    [SkippableFact]
    public async Task Growth_is_seen_by_new_clients_after_pause_and_unpause()
    {
        Tool.Require("nbdinfo");
        await using TestService service = await TestService.StartAsync();
        string image = service.Files.Image("a.img", MiB);
        int minor = service.Create($"aio:{image}");
        service.Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause((ushort)minor));
        service.Files.Image("a.img", 3 * MiB);
        service.Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume((ushort)minor, new TapdiskParams()));
        Assert.Equal($"{3 * MiB}", (await Tool.RunAsync("nbdinfo", "--size", service.Uri(minor))).Trim());
    }
}
