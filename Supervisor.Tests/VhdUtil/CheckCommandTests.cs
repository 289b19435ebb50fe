using System.Buffers.Binary;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

public sealed class CheckCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _path;

    public CheckCommandTests() => _path = VhdSample.Unpack(_directory, "base.vhd");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Blocks_in_the_headers_are_found() => Expect("block 0 (offset 0x1) clobbers headers", file => SetEntry(file, 0, 1));

    [Fact]
    public void Blocks_behind_the_end_are_found() => Expect("block 3 (offset 0xffff) clobbers footer", file => SetEntry(file, 3, 0xFFFF));

    [Fact]
    public void Overlapping_blocks_are_found() =>
        Expect("block 0 (offset 0x7) clobbers block 3 (offset 0x10)", file => SetEntry(file, 3, 0x10));

    [Fact]
    public void A_missing_last_sector_is_found_unless_told_to_ignore_it()
    {
        Expect("primary footer invalid: invalid cookie", file => file.AsSpan(file.Length - 512).Clear());
        VhdUtilRun.Ok("check", "-i", "-n", _path);
    }

    [Fact]
    public void Footers_that_differ_are_found() => Expect("primary and backup footers do not match", file =>
    {
        VhdFooter footer = new(file.AsSpan(0, 512)) { Hidden = 1 };
        footer.Seal();
        footer.Bytes.CopyTo(file);
    });

    [Fact]
    public void A_full_block_that_is_not_there_is_found() =>
        Expect("batmap shows unallocated block 0 full", file => SetEntry(file, 0, uint.MaxValue));

    [Fact]
    public void Data_where_the_bitmap_is_clear_is_found_with_b()
    {
        byte[] file = File.ReadAllBytes(_path);
        using VhdMetadata metadata = LoadedVhd.Of(file);
        file[metadata.Layout.DataOffset(metadata.Bat![1]) + 511] = 1;
        File.WriteAllBytes(_path, file);
        VhdUtilRun.Ok("check", "-n", _path);
        VhdUtilRun run = VhdUtilRun.Of("check", "-b", "-n", _path);
        Assert.StartsWith("sector 0x0 of block 0x1 has data where bitmap is clear\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(Errno.EINVAL, run.ExitCode);
    }

    [Fact]
    public void Statistics_count_sectors()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd");
        Assert.Equal(
            "base.vhd: secs allocated: 0x3000 secs written: 0x1007 (33.39%)\n"
            + "leaf.vhd: secs allocated: 0x3000 secs written: 0x6f (0.90%)"
            + " secs not in parent: 0x6c (97.30%) secs not in ancestors: 0x6c (97.30%)\n",
            VhdUtilRun.Ok("check", "-p", "-s", "-n", leaf));
    }

    [Fact]
    public void A_directory_is_no_disk()
    {
        VhdUtilRun run = VhdUtilRun.Of("check", "-n", _directory.Path);
        Assert.Equal((Errno.EINVAL, $"{_directory.Path} is not a regular file or block device\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void Damage_never_leads_to_anything_but_an_exit_code_or_to_a_write()
    {
        int seed = Random.Shared.Next();
        string[] names = ["empty.vhd", "ofraw.vhd", "keyed.vhd", "qemu.vhd", "interrupted.journal"];
        VhdSample.Unpack(_directory, names);
        _directory.Image("raw.img", 3 << 20);
        string[][] commands =
        [
            ["query", "-vspfmdaS"], ["read", "-p", "-B", "-a"], ["read", "-r", "0"], ["read", "-e", "0", "-c", "32768"],
            ["check", "-b", "-p"],
            ["check", "-i", "-s"], ["scan", "-p"], ["scan", "-f", "-c", "-M"], ["key", "-p"], ["info"],
        ];
        for (int round = 0; round < 400; round++)
        {
            Random random = new(seed + round);
            byte[] file = File.ReadAllBytes(_directory.At(names[random.Next(names.Length)]));
            for (int i = random.Next(1, 5); i > 0; i--)
                file[random.Next(Math.Min(file.Length, 4608))] = (byte)random.Next(256);
            if (file.Length > 1536 && random.Next(2) == 0)
                Reseal(file);
            string path = _directory.At("bad.vhd");
            File.WriteAllBytes(path, file);
            string[] command = commands[random.Next(commands.Length)];
            VhdUtilRun run = VhdUtilRun.Of([.. command, .. (command[0] is "scan" or "info" ? Array.Empty<string>() : ["-n"]), path]);
            Assert.True(run.ExitCode is >= 0 and < 134, $"seed {seed + round}");
            Assert.True(file.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"seed {seed + round}");
        }
    }

    private static void Reseal(byte[] file)
    {
        VhdFooter footer = new(file.AsSpan(0, 512));
        footer.Seal();
        footer.Bytes.CopyTo(file);
        VhdHeader header = new(file.AsSpan(512));
        header.Seal();
        header.Bytes.CopyTo(file.AsSpan(512));
    }

    private static void SetEntry(byte[] file, int block, uint entry) =>
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(1536 + 4 * block), entry);

    private void Expect(string reason, Action<byte[]> damage)
    {
        byte[] file = File.ReadAllBytes(_path);
        damage(file);
        File.WriteAllBytes(_path, file);
        VhdUtilRun run = VhdUtilRun.Of("check", "-n", _path);
        Assert.Equal(Errno.EINVAL, run.ExitCode);
        Assert.StartsWith($"{reason}\n{_path} appears invalid; dumping metadata\n", run.Output, StringComparison.Ordinal);
    }
}
