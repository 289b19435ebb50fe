using System.Globalization;
using Tapvisor.Tests.Architecture;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>
/// What sm does with VHDs that are in use, in its order: tapvisord, tap-ctl and vhd-util are processes of their own, and fio verifies
/// what it wrote through NBD while it happens.
/// </summary>
public sealed class VhdChainTests
{
    private const int MiB = 1 << 20;

    [SkippableFact]
    public async Task Snapshots_are_taken_under_verified_load()
    {
        using ServiceBed bed = await StartAsync();
        string leaf = await CreateAsync(bed, "disk-0.vhd", 64);
        int minor = await bed.CreateAsync($"vhd:{leaf}");
        Task<string> load = LoadAsync(bed, minor);
        int snapshots = 0;
        while (!load.IsCompleted && snapshots < 8)
        {
            string next = bed.Files.At($"disk-{++snapshots}.vhd");
            await bed.DiskAsync("pause", minor);
            await ServiceBed.VhdUtilAsync("snapshot", "-e", "-n", next, "-p", leaf);
            await bed.DiskAsync("unpause", minor, "-a", $"vhd:{next}");
            leaf = next;
        }
        await load;
        Assert.True(snapshots >= 3, $"only {snapshots} snapshots fitted into the load");
        Assert.Contains($"args=vhd:{leaf}\n", await bed.TapCtlAsync("list"), StringComparison.Ordinal);
        await CloseAndCheckAsync(bed, minor, leaf);
    }

    [SkippableFact]
    public async Task A_leaf_snapshotted_by_renaming_keeps_its_name()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await StartAsync();
        string leaf = await CreateAsync(bed, "leaf.vhd", 16);
        string parent = bed.Files.At("base.vhd");
        int minor = await bed.CreateAsync($"vhd:{leaf}");
        await QemuIoAsync(bed, minor, "write -P 1 0 4M");
        await bed.DiskAsync("pause", minor);
        File.Move(leaf, parent);
        await ServiceBed.VhdUtilAsync("snapshot", "-n", $"{leaf}.new", "-p", parent);
        File.Move($"{leaf}.new", leaf);
        await ServiceBed.VhdUtilAsync("set", "-n", parent, "-f", "hidden", "-v", "1");
        await bed.DiskAsync("unpause", minor);
        await QemuIoAsync(bed, minor, "read -P 1 0 4M", "write -P 2 1M 1M", "read -P 2 1M 1M", "read -P 1 2M 2M");
        await CloseAndCheckAsync(bed, minor, leaf);
    }

    [SkippableFact]
    public async Task An_inner_vhd_is_coalesced_and_relinked_under_verified_load()
    {
        using ServiceBed bed = await StartAsync();
        string root = await CreateAsync(bed, "root.vhd", 64);
        int minor = await bed.CreateAsync($"vhd:{root}");
        await LoadAsync(bed, minor, "--rate_iops=0", "--size=32M");
        string inner = await SnapshotAsync(bed, minor, root, "inner.vhd");
        await LoadAsync(bed, minor, "--rate_iops=0", "--size=24M", "--randseed=9");
        string leaf = await SnapshotAsync(bed, minor, inner, "leaf.vhd");

        Task<string> load = LoadAsync(bed, minor);
        await ServiceBed.VhdUtilAsync("coalesce", "-n", inner);
        await ServiceBed.VhdUtilAsync("modify", "-n", leaf, "-p", root);
        await bed.DiskAsync("pause", minor);
        await bed.DiskAsync("unpause", minor);
        File.Delete(inner);
        Assert.False(load.IsCompleted, "the load ended before the coalesce did");
        await load;
        await CloseAndCheckAsync(bed, minor, leaf);
        Assert.Equal($"{root}\n", await ServiceBed.VhdUtilAsync("query", "-p", "-n", leaf));
    }

    [SkippableFact]
    public async Task A_leaf_is_coalesced_while_its_disk_is_paused()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await StartAsync();
        string root = await CreateAsync(bed, "root.vhd", 16);
        int minor = await bed.CreateAsync($"vhd:{root}");
        await QemuIoAsync(bed, minor, "write -P 1 0 8M");
        string leaf = await SnapshotAsync(bed, minor, root, "leaf.vhd");
        await QemuIoAsync(bed, minor, "write -P 2 1M 3M", "write -z 5M 64k");
        await bed.DiskAsync("pause", minor);
        await ServiceBed.VhdUtilAsync("coalesce", "-n", leaf);
        File.Move(leaf, bed.Files.At("OLD_leaf.vhd"));
        File.Move(root, leaf);
        await bed.DiskAsync("unpause", minor);
        await QemuIoAsync(bed, minor, "read -P 1 0 1M", "read -P 2 1M 3M", "read -P 1 4M 1M", "read -P 0 5M 64k", "read -P 1 5184k 2M");
        await CloseAndCheckAsync(bed, minor, leaf);
    }

    [SkippableFact]
    public async Task A_disk_grows_between_pause_and_unpause()
    {
        Tool.Require("qemu-io", "nbdinfo");
        using ServiceBed bed = await StartAsync();
        string leaf = await CreateAsync(bed, "leaf.vhd", 16);
        int minor = await bed.CreateAsync($"vhd:{leaf}");
        await QemuIoAsync(bed, minor, "write -P 1 12M 4M");
        await bed.DiskAsync("pause", minor);
        await ServiceBed.VhdUtilAsync("resize", "-n", leaf, "-s", "40", "-f");
        await bed.DiskAsync("unpause", minor);
        Assert.Equal($"{40 * MiB}\n", await Tool.RunAsync("nbdinfo", "--size", bed.Uri(minor)));
        await QemuIoAsync(bed, minor, "read -P 1 12M 4M", "read -P 0 16M 24M", "write -P 2 38M 2M", "read -P 2 38M 2M");
        await CloseAndCheckAsync(bed, minor, leaf);
    }

    [SkippableFact]
    public async Task A_new_leaf_smaller_than_what_the_guest_knows_is_refused_and_the_old_one_still_goes()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await StartAsync();
        string leaf = await CreateAsync(bed, "leaf.vhd", 16);
        string other = await CreateAsync(bed, "other.vhd", 8);
        int minor = await bed.CreateAsync($"vhd:{leaf}");
        await bed.DiskAsync("pause", minor);
        string pid = bed.Service.Id.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(124, (await bed.TryTapCtlAsync("unpause", "-p", pid, "-m", $"{minor}", "-a", $"vhd:{other}")).ExitCode);
        await bed.DiskAsync("unpause", minor);
        await QemuIoAsync(bed, minor, "write -P 1 15M 1M");
    }

    [SkippableFact]
    public async Task A_hidden_leaf_is_served_as_upstream_serves_it()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await StartAsync();
        string leaf = await CreateAsync(bed, "leaf.vhd", 16);
        await ServiceBed.VhdUtilAsync("set", "-n", leaf, "-f", "hidden", "-v", "1");
        int minor = await bed.CreateAsync($"vhd:{leaf}");
        await QemuIoAsync(bed, minor, "write -P 1 0 4M", "read -P 1 0 4M");
        await bed.DiskAsync("close", minor);
        Assert.Equal("hidden: 1\n", await ServiceBed.VhdUtilAsync("query", "-f", "-n", leaf));
        await ServiceBed.VhdUtilAsync("check", "-n", leaf);
    }

    [SkippableFact]
    public async Task A_newer_parent_is_the_same_parent()
    {
        using ServiceBed bed = await ServiceBed.StartAsync();
        string parent = await CreateAsync(bed, "base.vhd", 16);
        string leaf = bed.Files.At("leaf.vhd");
        await ServiceBed.VhdUtilAsync("snapshot", "-e", "-n", leaf, "-p", parent);
        File.SetLastWriteTimeUtc(parent, DateTime.UtcNow.AddDays(1));
        await bed.DiskAsync("close", await bed.CreateAsync($"vhd:{leaf}"));
        File.Move(parent, bed.Files.At("moved.vhd"));
        ToolResult result = await bed.TryTapCtlAsync("create", "-a", $"vhd:{leaf}");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("The parent './base.vhd'", result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Setting("tapvisor.vhd.parent-directories")]
    public async Task A_parent_elsewhere_is_refused_unless_its_directory_is_listed()
    {
        using TemporaryDirectory elsewhere = new();
        string parent = elsewhere.At("base.vhd");
        await ServiceBed.VhdUtilAsync("create", "-n", parent, "-s", "16");
        foreach (bool isListed in new[] { false, true })
        {
            using ServiceBed bed = await ServiceBed.StartAsync(
                isListed ? $"tapvisor.vhd.parent-directories = [\"{elsewhere.Path}\"]" : "");
            string leaf = bed.Files.At("leaf.vhd");
            await ServiceBed.VhdUtilAsync("snapshot", "-e", "-n", leaf, "-p", parent);
            ToolResult result = await bed.TryTapCtlAsync("create", "-a", $"vhd:{leaf}");
            Assert.Equal(isListed ? 0 : 13, result.ExitCode);
            if (!isListed)
                Assert.Contains($"{parent}' of '{leaf}' lies outside the directories", result.Error, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Writes_wait_on_a_full_file_system_and_go_on_with_space()
    {
        Tool.Require("nbdcopy", "mount", "umount");
        using ServiceBed bed = await ServiceBed.StartAsync("tapvisor.disk { space-timeout = 60s, retry-interval = 50ms }");
        string mount = Directory.CreateDirectory(bed.Files.At("small")).FullName;
        ToolResult mounted = await Tool.TryAsync(
            "mount", new Dictionary<string, string>(), "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount);
        Skip.If(mounted.ExitCode != 0, $"no tmpfs can be mounted: {mounted.Error}");
        try
        {
            string ballast = Path.Combine(mount, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[12 * MiB]);
            string leaf = Path.Combine(mount, "leaf.vhd");
            await ServiceBed.VhdUtilAsync("create", "-n", leaf, "-s", "16");
            int minor = await bed.CreateAsync($"vhd:{leaf}");
            string source = bed.Files.At("source.raw");
            byte[] content = new byte[16 * MiB];
            new Random(3).NextBytes(content);
            await File.WriteAllBytesAsync(source, content);
            Task<string> copy = Tool.RunAsync("nbdcopy", "--flush", source, bed.Uri(minor));
            while ((await bed.DiskAsync("stats", minor)).Contains("\"retried\": 0,", StringComparison.Ordinal))
                Assert.False(copy.IsCompleted, "the file system was never full");
            File.Delete(ballast);
            await copy;
            await bed.DiskAsync("close", minor);
            await ServiceBed.VhdUtilAsync("check", "-n", leaf);
            Assert.True(content.AsSpan().SequenceEqual(Tests.VhdUtil.TestDisk.Read(leaf)));
        }
        finally
        {
            await Tool.RunAsync("umount", "-l", mount);
        }
    }

    private static async Task<ServiceBed> StartAsync()
    {
        Tool.Require("fio");
        return await ServiceBed.StartAsync();
    }

    private static async Task<string> CreateAsync(ServiceBed bed, string name, int mebibytes)
    {
        string path = bed.Files.At(name);
        await ServiceBed.VhdUtilAsync("create", "-n", path, "-s", $"{mebibytes}", "-S", "1024");
        return path;
    }

    private static async Task<string> SnapshotAsync(ServiceBed bed, int minor, string leaf, string name)
    {
        string next = bed.Files.At(name);
        await bed.DiskAsync("pause", minor);
        await ServiceBed.VhdUtilAsync("snapshot", "-e", "-n", next, "-p", leaf);
        await bed.DiskAsync("unpause", minor, "-a", $"vhd:{next}");
        return next;
    }

    /// <summary>Writes at random and verifies all of it at the end; some seconds, unless the arguments say otherwise.</summary>
    private static Task<string> LoadAsync(ServiceBed bed, int minor, params string[] arguments) => Tool.RunAsync(
        "fio",
        [
            "--name=load", "--ioengine=nbd", $"--uri={bed.Uri(minor)}", "--rw=randwrite", "--bsrange=4k-64k", "--iodepth=16", "--size=48M",
            "--rate_iops=350", "--verify=crc32c", "--verify_fatal=1", "--randseed=7", "--output=/dev/null", .. arguments,
        ]);

    private static Task<string> QemuIoAsync(ServiceBed bed, int minor, params string[] commands) =>
        Tool.RunAsync("qemu-io", ["-f", "raw", bed.Uri(minor), .. commands.SelectMany(command => new[] { "-c", command })]);

    private static async Task CloseAndCheckAsync(ServiceBed bed, int minor, string leaf)
    {
        await bed.DiskAsync("close", minor);
        Assert.Contains("is valid", await ServiceBed.VhdUtilAsync("check", "-p", "-n", leaf), StringComparison.Ordinal);
    }
}
