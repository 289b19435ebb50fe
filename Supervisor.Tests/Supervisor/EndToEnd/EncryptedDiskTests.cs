using System.Globalization;
using System.Security.Cryptography;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.Formats.Crypto;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>Encrypted VHDs as users have them: tap-ctl open -E to a service of its own process, NBD clients, kill -9.</summary>
public sealed class EncryptedDiskTests
{
    // Of the content of crypt256.vhd as upstream's tapdisk serves it with its key.
    private const string UpstreamsContent = "e3c44d6636d00aaa2c325a782a308431a77aa9cda59f49a331ae31c89de38bff";

    [SkippableTheory]
    [InlineData("crypt256.vhd")]
    [InlineData("crypt256-snap.vhd", "crypt256.vhd")]
    public async Task What_upstream_encrypted_is_served_with_its_key(params string[] names)
    {
        Tool.Require("nbdcopy");
        using ServiceBed bed = await ServiceBed.StartAsync();
        string image = VhdSample.Unpack(bed.Files, names);
        int minor = await bed.AttachAsync();
        Ok(await bed.TryOpenAsync(minor, $"vhd:{image}", VhdSample.Crypt256Key));
        Assert.Equal(UpstreamsContent, await ContentAsync(bed, minor));
    }

    [SkippableFact]
    public async Task Without_the_right_key_nothing_is_served()
    {
        using ServiceBed bed = await ServiceBed.StartAsync();
        string encrypted = VhdSample.Unpack(bed.Files, "crypt256.vhd");
        string plain = VhdSample.Unpack(bed.Files, "empty.vhd");
        byte[] wrong = [.. VhdSample.Crypt256Key];
        wrong[^1] ^= 1;
        int minor = await bed.AttachAsync();
        Refused(126, "is not the one", await bed.TryOpenAsync(minor, $"vhd:{encrypted}", wrong));
        Refused(126, "is not the one", await bed.TryOpenAsync(minor, $"vhd:{encrypted}", [.. wrong, .. wrong]));
        Refused(22, "no key was supplied", await bed.TryTapCtlAsync("create", "-a", $"vhd:{encrypted}"));
        Refused(22, "is not encrypted", await bed.TryOpenAsync(minor, $"vhd:{plain}", VhdSample.Crypt256Key));
        Refused(22, "only VHDs", await bed.TryOpenAsync(minor, $"aio:{encrypted}", VhdSample.Crypt256Key));

        // None of those keys sticks to the minor (upstream's does).
        await bed.DiskAsync("open", minor, "-a", $"vhd:{plain}");
    }

    [SkippableFact]
    public async Task The_key_stays_through_pause_and_unpause_snapshot_and_a_crashed_driver()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync("tapvisor.fault-injection = on");
        (string image, byte[] key) = await CreateAsync(bed);
        int minor = await bed.AttachAsync();
        Ok(await bed.TryOpenAsync(minor, $"vhd:{image}", key));
        await QemuIoAsync(bed, minor, "write -P 1 1M 3M");
        await bed.DiskAsync("pause", minor);
        await bed.DiskAsync("unpause", minor);
        await QemuIoAsync(bed, minor, "read -P 1 1M 3M", "write -P 2 2M 64k");
        await bed.TapCtlAsync("inject", "-m", $"{minor}", "crash", "-n", "1");
        await QemuIoAsync(bed, minor, "read -P 2 2M 64k", "read -P 1 1M 1M");
        await bed.DiskAsync("pause", minor);
        string leaf = bed.Files.At("leaf.vhd");
        await ServiceBed.VhdUtilAsync("snapshot", "-n", leaf, "-p", image);
        await bed.DiskAsync("unpause", minor, "-a", $"vhd:{leaf}");
        await QemuIoAsync(bed, minor, "read -P 2 2M 64k", "write -P 3 2M 4k", "read -P 3 2M 4k", "read -P 2 2052k 60k");
        await bed.DiskAsync("close", minor);
        await ServiceBed.VhdUtilAsync("check", "-n", leaf, "-p");
        Refused(22, "no key was supplied", await bed.TryTapCtlAsync("open", "-p", $"{bed.Service.Id}", "-m", $"{minor}", "-a", $"vhd:{leaf}"));
    }

    [SkippableFact]
    public async Task After_kill_9_an_encrypted_disk_waits_paused_until_its_key_is_given_again()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync();
        (string image, byte[] key) = await CreateAsync(bed);
        int minor = await bed.AttachAsync();
        Ok(await bed.TryOpenAsync(minor, $"vhd:{image}", key));
        await QemuIoAsync(bed, minor, "write -P 7 0 1M");
        AssertNowhere(bed.Files.At("ctl/journal"), key);

        await bed.KillAndStartAsync();
        await bed.Service.SaysAsync("its key was lost with the service that had it");
        Assert.Contains($"minor={minor} state=0x22a", await bed.TapCtlAsync("list"), StringComparison.Ordinal);
        string pid = bed.Service.Id.ToString(CultureInfo.InvariantCulture);
        Refused(126, "tap-ctl open -E", await bed.TryTapCtlAsync("unpause", "-p", pid, "-m", $"{minor}"));
        Refused(126, "tap-ctl open -E", await bed.TryTapCtlAsync("open", "-p", pid, "-m", $"{minor}", "-a", $"vhd:{image}"));
        Refused(126, "is not the one", await bed.TryOpenAsync(minor, $"vhd:{image}", RandomNumberGenerator.GetBytes(32)));
        Refused(126, "tap-ctl open -E", await bed.TryTapCtlAsync("unpause", "-p", pid, "-m", $"{minor}"));
        Ok(await bed.TryOpenAsync(minor, $"vhd:{image}", key));
        Assert.Contains($"minor={minor} state=0 ", await bed.TapCtlAsync("list"), StringComparison.Ordinal);
        await QemuIoAsync(bed, minor, "read -P 7 0 1M");
    }

    [SkippableFact]
    [Setting("tapvisor.vhd.key-directories")]
    public async Task A_disk_whose_keys_are_in_a_key_directory_comes_back_by_itself_after_kill_9()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync(files => $"tapvisor.vhd.key-directories = [\"{files.Path}\"]");
        (string image, byte[] key) = await CreateAsync(bed);
        string leaf = bed.Files.At("leaf.vhd");
        await ServiceBed.VhdUtilAsync("snapshot", "-n", leaf, "-p", image);
        byte[] leafKey = RandomNumberGenerator.GetBytes(32);
        await File.WriteAllBytesAsync(bed.Files.At("leaf,aes-xts-plain,256.key"), leafKey);
        await ServiceBed.VhdUtilAsync("key", "-s", "-n", leaf, "-k", bed.Files.At("leaf,aes-xts-plain,256.key"));
        int minor = await bed.CreateAsync($"vhd:{image}");
        await QemuIoAsync(bed, minor, "write -P 7 0 1M");
        await bed.DiskAsync("pause", minor);
        await bed.DiskAsync("unpause", minor, "-a", $"vhd:{leaf}");
        await QemuIoAsync(bed, minor, "write -P 8 64k 64k");
        AssertNowhere(bed.Files.At("ctl/journal"), key);
        AssertNowhere(bed.Files.At("ctl/journal"), leafKey);

        await bed.KillAndStartAsync();
        await bed.Service.SaysAsync($"minor {minor}: recovered");
        Assert.Contains($"minor={minor} state=0 ", await bed.TapCtlAsync("list"), StringComparison.Ordinal);
        await QemuIoAsync(bed, minor, "read -P 7 0 64k", "read -P 8 64k 64k", "read -P 7 128k 896k");
    }

    [SkippableFact]
    public async Task After_close_the_key_is_nowhere_in_the_services_memory()
    {
        Tool.Require("qemu-io");
        using ServiceBed bed = await ServiceBed.StartAsync();
        (string image, byte[] key) = await CreateAsync(bed);
        byte[] inverted = [.. key.Select(b => (byte)~b)];
        int minor = await bed.AttachAsync();
        Ok(await bed.TryOpenAsync(minor, $"vhd:{image}", key));
        await QemuIoAsync(bed, minor, "write -P 7 0 1M", "read -P 7 0 1M");
        Assert.NotEqual(0, CountIn(bed, inverted));
        await bed.DiskAsync("close", minor);
        Assert.Equal(0, CountIn(bed, inverted));
    }

    private static int CountIn(ServiceBed bed, byte[] inverted)
    {
        string process = bed.Service.Id.ToString(CultureInfo.InvariantCulture);
        return ProcessMemory.Count(inverted.AsSpan(0, 16), process) + ProcessMemory.Count(inverted.AsSpan(32, 16), process);
    }

    private static async Task<(string Image, byte[] Key)> CreateAsync(ServiceBed bed)
    {
        string image = bed.Files.At("disk.vhd");
        string keyFile = bed.Files.At("disk,aes-xts-plain,512.key");
        byte[] key = RandomNumberGenerator.GetBytes(64);
        await File.WriteAllBytesAsync(keyFile, key);
        await ServiceBed.VhdUtilAsync("create", "-n", image, "-s", "16");
        await ServiceBed.VhdUtilAsync("key", "-s", "-n", image, "-k", keyFile);
        return (image, key);
    }

    private static Task<string> QemuIoAsync(ServiceBed bed, int minor, params string[] commands) =>
        Tool.RunAsync("qemu-io", ["-f", "raw", bed.Uri(minor), .. commands.SelectMany(command => new[] { "-c", command })]);

    private static async Task<string> ContentAsync(ServiceBed bed, int minor)
    {
        string copy = bed.Files.At("content.raw");
        await Tool.RunAsync("nbdcopy", bed.Uri(minor), copy);
        return Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(copy)));
    }

    private static void AssertNowhere(string directory, byte[] key)
    {
        string[] forms = [Convert.ToHexString(key, 0, 16), Convert.ToBase64String(key)[..16]];
        string[] records = [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("/lock", StringComparison.Ordinal))];
        Assert.NotEmpty(records);
        foreach (string path in records)
        {
            byte[] content = File.ReadAllBytes(path);
            Assert.Equal(-1, content.AsSpan().IndexOf(key.AsSpan(0, 8)));
            string text = System.Text.Encoding.Latin1.GetString(content);
            Assert.All(forms, form => Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static void Ok(ToolResult result) => Assert.True(result.ExitCode == 0, result.Error);

    private static void Refused(int exitCode, string reason, ToolResult result)
    {
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }
}
