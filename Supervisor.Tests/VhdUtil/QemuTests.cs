using System.Diagnostics;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>qemu-img reads what is written here, and the other way round.</summary>
public sealed class QemuTests : IDisposable
{
    private static readonly string? s_qemuImg =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(
            directory => Path.Combine(directory, "qemu-img")).FirstOrDefault(File.Exists);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void QEMU_reads_a_dynamic_disk_as_it_was_written()
    {
        Skip.If(s_qemuImg is null, "qemu-img is not installed.");
        string disk = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", disk, "-s", "64");
        TestDisk.Write(disk, "disk", 0, 1);
        TestDisk.Write(disk, "disk", 4090, 4200);
        TestDisk.Write(disk, "disk", 131071, 1);
        string raw = _directory.At("disk.raw");
        File.WriteAllBytes(raw, TestDisk.Read(disk));
        Run("compare", "-f", "vpc", "-F", "raw", disk, raw);
    }

    [SkippableFact]
    public void QEMU_reads_a_fixed_disk()
    {
        Skip.If(s_qemuImg is null, "qemu-img is not installed.");
        string disk = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", disk, "-s", "4", "-r");
        Run("compare", "-f", "vpc", "-F", "raw", disk, _directory.Image("disk.raw", 4 << 20));
    }

    [SkippableTheory]
    [InlineData("subformat=dynamic")]
    [InlineData("subformat=dynamic,force_size=on")]
    [InlineData("subformat=fixed")]
    [InlineData("subformat=fixed,force_size=on")]
    public void What_QEMU_writes_is_read_as_it_was_written(string options)
    {
        Skip.If(s_qemuImg is null, "qemu-img is not installed.");
        byte[] data = new byte[10 << 20];
        new Random(1).NextBytes(data.AsSpan(3 << 20, 5000));
        new Random(2).NextBytes(data.AsSpan(9 << 20));
        string raw = _directory.At("disk.raw");
        File.WriteAllBytes(raw, data);
        string disk = _directory.At("disk.vhd");
        Run("convert", "-f", "raw", "-O", "vpc", "-o", options, raw, disk);
        byte[] read = TestDisk.Read(disk);
        Assert.True(data.AsSpan().SequenceEqual(read.AsSpan(0, data.Length)));
        Assert.False(read.AsSpan(data.Length).ContainsAnyExcept((byte)0));
        VhdUtilRun.Ok("copy", "-n", disk, "-N", _directory.At("copy.vhd"));
        Run("compare", "-f", "vpc", "-F", "vpc", disk, _directory.At("copy.vhd"));
    }

    private static void Run(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(s_qemuImg!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
