using Tapvisor.Tests.ImageDrivers.Nbd;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>Disks whose image, or whose image's parent, somebody else serves by NBD.</summary>
public sealed class ServedDiskTests
{
    [SkippableFact]
    public async Task A_guest_notices_nothing_when_the_server_of_its_image_is_killed_and_comes_back()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync();
        string image = bed.Files.Image("disk.img", 16 << 20);
        string socket = bed.Files.At("server");
        LiveServer server = LiveServer.QemuNbd(bed.Files, socket, image);
        int minor;
        try
        {
            minor = await bed.CreateAsync($"nbd:{socket}");
            await QemuIoAsync(bed, minor, "write -P 1 0 1M", "flush");
        }
        finally
        {
            server.Dispose();
        }

        // Its server is gone: this waits, and is answered by the next one.
        Task<string> waiting = QemuIoAsync(bed, minor, "read -P 1 0 1M", "write -P 2 1M 1M", "flush");
        await bed.Service.SaysAsync("opening nbd:");
        using LiveServer next = LiveServer.QemuNbd(bed.Files, socket, image);
        await waiting;
        await QemuIoAsync(bed, minor, "read -P 2 1M 1M", "discard 0 1M", "read -P 0 0 1M", "write -z 1M 64k", "read -P 0 1M 64k");
        await bed.DiskAsync("pause", minor);
        await bed.DiskAsync("unpause", minor);
        await QemuIoAsync(bed, minor, "read -P 2 1088k 960k");
        await bed.DiskAsync("close", minor);
    }

    [SkippableFact]
    public async Task A_leaf_reads_what_it_has_not_from_the_minor_that_it_was_opened_with()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync();
        (int parent, int leaf) = await CreatePairAsync(bed);
        await QemuIoAsync(bed, leaf, "read -P 1 0 1M", "read -P 0 1M 1M", "write -P 2 64k 64k", "read -P 2 64k 64k", "read -P 1 128k 64k");
        await QemuIoAsync(bed, parent, "read -P 1 0 1M");

        // Upstream forgets the parent here.
        await bed.DiskAsync("pause", leaf);
        await bed.DiskAsync("unpause", leaf);
        await QemuIoAsync(bed, leaf, "read -P 1 0 64k", "read -P 2 64k 64k");
    }

    [SkippableFact]
    public async Task Both_come_back_after_kill_9_and_the_leaf_finds_its_parent_again()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync();
        (_, int leaf) = await CreatePairAsync(bed);
        await QemuIoAsync(bed, leaf, "write -P 2 64k 64k", "flush");
        await bed.KillAndStartAsync();
        await bed.Service.SaysAsync($"minor {leaf}: recovered");
        await QemuIoAsync(bed, leaf, "read -P 1 0 64k", "read -P 2 64k 64k", "read -P 1 128k 64k");
    }

    [SkippableFact]
    public async Task A_parent_that_is_not_there_is_ENOENT_and_one_for_no_leaf_EINVAL()
    {
        using ServiceBed bed = await ServiceBed.StartAsync();
        string plain = bed.Files.At("plain.vhd");
        string leaf = bed.Files.At("leaf.vhd");
        await ServiceBed.VhdUtilAsync("create", "-n", plain, "-s", "16");
        await ServiceBed.VhdUtilAsync("snapshot", "-n", leaf, "-p", plain);
        int minor = await bed.AttachAsync();
        await RefusedAsync(2, "No NBD socket of minor 77", $"vhd:{leaf}", 77);
        await RefusedAsync(22, "which is itself", $"vhd:{leaf}", minor);
        await RefusedAsync(22, "has no parent", $"vhd:{plain}", 77);
        await RefusedAsync(22, "only VHDs have parents", $"aio:{plain}", 77);

        async Task RefusedAsync(int exitCode, string reason, string image, int parent)
        {
            ToolResult result = await bed.TryTapCtlAsync(
                "open", "-p", $"{bed.Service.Id}", "-m", $"{minor}", "-a", image, "-e", $"{parent}");
            Assert.Equal(exitCode, result.ExitCode);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>A disk with a megabyte of ones, and a leaf on it that was made for an empty file: what it reads comes from the disk.</summary>
    private static async Task<(int Parent, int Leaf)> CreatePairAsync(ServiceBed bed)
    {
        string file = bed.Files.At("base.vhd");
        string leaf = bed.Files.At("leaf.vhd");
        await ServiceBed.VhdUtilAsync("create", "-n", file, "-s", "16");
        await ServiceBed.VhdUtilAsync("snapshot", "-e", "-n", leaf, "-p", file);
        int parent = await bed.CreateAsync($"aio:{bed.Files.Image("other.img", 16 << 20)}");
        await QemuIoAsync(bed, parent, "write -P 1 0 1M");
        int minor = await bed.AttachAsync();
        await bed.DiskAsync("open", minor, "-a", $"vhd:{leaf}", "-e", $"{parent}");
        return (parent, minor);
    }

    private static Task<string> QemuIoAsync(ServiceBed bed, int minor, params string[] commands) =>
        Tool.RunAsync("qemu-io", ["-f", "raw", bed.Uri(minor), .. commands.SelectMany(command => new[] { "-c", command })]);
}
