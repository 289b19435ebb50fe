using System.Text.Json;
using Tapvisor.BlockIo.Engines;
using Tapvisor.ImageDrivers;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdPeerTests
{
    public static TheoryData<IoEngineKind> Engines => [IoEngineKind.IoUring, IoEngineKind.LibAio];

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public void Nbdinfo_sees_true_flags_sizes_and_contexts(IoEngineKind kind)
    {
        using LiveDisk disk = Serve(kind, "nbdinfo");
        JsonElement info = JsonDocument.Parse(Peer.Run("nbdinfo", "--json", disk.Uri)).RootElement;
        Assert.Equal("newstyle-fixed", info.GetProperty("protocol").GetString());
        Assert.True(info.GetProperty("structured").GetBoolean());
        JsonElement export = info.GetProperty("exports")[0];
        Assert.Equal(16 << 20, export.GetProperty("export-size").GetInt64());
        Assert.False(export.GetProperty("is_read_only").GetBoolean());
        foreach (string ability in new[] { "can_df", "can_fast_zero", "can_flush", "can_fua", "can_multi_conn", "can_trim", "can_zero" })
            Assert.True(export.GetProperty(ability).GetBoolean(), ability);
        Assert.False(export.GetProperty("can_cache").GetBoolean());
        Assert.Equal("base:allocation", export.GetProperty("contexts")[0].GetString());
        Assert.Equal(32 << 20, export.GetProperty("block_size_maximum").GetInt64());
    }

    [SkippableFact]
    public void Nbdinfo_lists_the_export_and_maps_the_holes()
    {
        using LiveDisk disk = Serve(IoEngineKind.Auto, "nbdinfo", "qemu-io");
        Assert.Contains("tapdisk_client", Peer.Run("nbdinfo", "--list", disk.Uri), StringComparison.Ordinal);
        Peer.Run("qemu-io", "-f", "raw", "-c", "write -P 0x5a 1M 64k", disk.Uri);
        string[] map = Peer.Run("nbdinfo", "--map", disk.Uri).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, map.Length);
        Assert.Contains("1048576       65536    0  data", map[1], StringComparison.Ordinal);
        Assert.Contains("hole,zero", map[2], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public void Nbdcopy_copies_there_and_back(IoEngineKind kind)
    {
        using LiveDisk disk = Serve(kind, "nbdcopy");
        string source = Path.Combine(disk.Directory, "source");
        string target = Path.Combine(disk.Directory, "target");
        var bytes = new byte[16 << 20];
        new Random(5).NextBytes(bytes.AsSpan(3 << 20, 9 << 20));
        File.WriteAllBytes(source, bytes);
        Peer.Run("nbdcopy", "--flush", source, disk.Uri);
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(disk.ImagePath)));
        Peer.Run("nbdcopy", disk.Uri, target);
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(target)));
        Assert.Empty(disk.Log.Complaints);
    }

    [SkippableFact]
    public void Qemu_img_reads_compares_and_maps()
    {
        using LiveDisk disk = Serve(IoEngineKind.Auto, "qemu-img", "qemu-io");
        Peer.Run(
            "qemu-io", "-f", "raw", "-c", "write -P 1 64k 1M", "-c", "write -z 8M 1M", "-c", "discard 12M 1M", "-c", "flush", disk.Uri);
        Assert.Contains("16 MiB", Peer.Run("qemu-img", "info", disk.Uri), StringComparison.Ordinal);
        string copy = Path.Combine(disk.Directory, "copy");
        Peer.Run("qemu-img", "convert", "-f", "raw", "-O", "raw", disk.Uri, copy);
        Peer.Run("qemu-img", "compare", "-f", "raw", "-F", "raw", disk.Uri, copy);
        JsonElement map = JsonDocument.Parse(Peer.Run("qemu-img", "map", "--output=json", "-f", "raw", disk.Uri)).RootElement;
        JsonElement written = map.EnumerateArray().Single(extent => extent.GetProperty("data").GetBoolean());
        Assert.Equal(65536, written.GetProperty("start").GetInt64());
        Assert.Equal(1 << 20, written.GetProperty("length").GetInt64());
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public void Qemu_io_reads_back_its_patterns(IoEngineKind kind)
    {
        using LiveDisk disk = Serve(kind, "qemu-io");
        string output = Peer.Run(
            "qemu-io", "-f", "raw", "-c", "aio_write -P 1 0 512", "-c", "aio_write -P 2 512 16k", "-c", "aio_write -f -P 3 1M 4M",
            "-c", "aio_flush",
            "-c", "write -z -u 2M 1M", "-c", "read -P 1 0 512", "-c", "read -P 2 512 16k", "-c", "read -P 3 1M 1M", "-c", "read -P 0 2M 1M",
            "-c", "read -P 3 3M 2M", disk.Uri);
        Assert.DoesNotContain("ailed", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_read_only_image_is_read_only_to_its_clients()
    {
        using LiveDisk disk = Serve(IoEngineKind.Auto, ImageOptions.ReadOnly, "nbdinfo", "qemu-io");
        JsonElement info = JsonDocument.Parse(Peer.Run("nbdinfo", "--json", disk.Uri)).RootElement;
        Assert.True(info.GetProperty("exports")[0].GetProperty("is_read_only").GetBoolean());
        Assert.NotEqual(0, Peer.TryRun("qemu-io", "-f", "raw", "-c", "write 0 512", disk.Uri).Exit);
    }

    [SkippableFact]
    public void Libnbd_speaks_structured_replies_block_status_DF_and_FUA()
    {
        Peer.RequireLibnbd();
        using LiveDisk disk = Serve(IoEngineKind.Auto);
        Peer.Script(
            "h.set_request_structured_replies(True)",
            "h.add_meta_context(nbd.CONTEXT_BASE_ALLOCATION)",
            $"h.connect_uri('{disk.Uri}')",
            "assert h.get_structured_replies_negotiated()",
            "assert h.can_meta_context(nbd.CONTEXT_BASE_ALLOCATION)",
            "h.pwrite(b'x' * 65536, 65536, nbd.CMD_FLAG_FUA)",
            "assert h.pread(65536, 65536) == b'x' * 65536",
            "chunks = []",
            "def chunk(buf, offset, status, err): chunks.append((len(buf), offset, status))",
            "h.pread_structured(1000, 65000, chunk, nbd.CMD_FLAG_DF)",
            "assert chunks == [(1000, 65000, nbd.READ_DATA)], chunks",
            "found = []",
            "def extents(context, offset, entries, err): found.append((context, offset, list(entries)))",
            "h.block_status(1 << 20, 0, extents)",
            "assert found == [('base:allocation', 0, [65536, 3, 65536, 0, 917504, 3])], found",
            "h.zero(65536, 65536, nbd.CMD_FLAG_NO_HOLE)",
            "assert h.pread(65536, 65536) == bytearray(65536)",
            "h.trim(65536, 65536, nbd.CMD_FLAG_FUA)",
            "h.flush()",
            "h.shutdown()");
        Assert.Empty(disk.Log.Complaints);
    }

    [SkippableFact]
    public void Libnbd_reports_errors_and_goes_on()
    {
        Peer.RequireLibnbd();
        using LiveDisk disk = Serve(IoEngineKind.Auto);
        Peer.Script(
            "import errno",
            "h.set_strict_mode(0)",
            $"h.connect_uri('{disk.Uri}')",
            "def fails(expected, call):",
            "    try: call()",
            "    except nbd.Error as e: assert e.errnum == expected, e",
            "    else: assert False, expected",
            "fails(errno.EINVAL, lambda: h.pread(512, 16 << 20))",
            "fails(errno.ENOSPC, lambda: h.pwrite(bytes(512), (16 << 20) - 511))",
            "fails(errno.ENOSPC, lambda: h.zero(512, 16 << 20))",
            "fails(errno.EINVAL, lambda: h.trim(512, 16 << 20))",
            "fails(errno.EINVAL, lambda: h.block_status(512, 0, lambda *a: 0))",
            "fails(errno.EINVAL, lambda: h.cache(512, 0))",
            "h.pwrite(b'y' * 777, 333)",
            "assert h.pread(777, 333) == b'y' * 777",
            "h.shutdown()");
    }

    [SkippableFact]
    public void A_flush_on_one_connection_covers_the_writes_of_all()
    {
        Peer.RequireLibnbd();
        using LiveDisk disk = Serve(IoEngineKind.Auto);
        Peer.Script(
            "many = [nbd.NBD() for _ in range(8)]",
            $"for c in many: c.connect_uri('{disk.Uri}')",
            "assert all(c.can_multi_conn() for c in many)",
            "for i, c in enumerate(many): c.pwrite(bytes([i + 1]) * 4096, i * 4096)",
            "many[0].flush()",
            "for i in range(8): assert many[-1 - i].pread(4096, i * 4096) == bytes([i + 1]) * 4096",
            "for c in many: c.shutdown()");
        byte[] file = File.ReadAllBytes(disk.ImagePath);
        for (int i = 0; i < 8; i++)
            Assert.Equal(i + 1, file[(i * 4096) + 17]);
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public void Fio_verifies_its_random_writes(IoEngineKind kind)
    {
        using LiveDisk disk = Serve(kind, "fio");
        Skip.IfNot(Peer.Run("fio", "--enghelp").Contains("nbd", StringComparison.Ordinal), "fio has no NBD engine");
        Peer.Run(
            "fio", "--name=verify", "--ioengine=nbd", $"--uri={disk.Uri}", "--rw=randwrite", "--bsrange=512-256k", "--blockalign=512",
            "--iodepth=16",
            "--size=16M", "--verify=crc32c", "--verify_fatal=1", "--randrepeat=0");
        Assert.Empty(disk.Log.Complaints);
    }

    [SkippableFact]
    public async Task Pauses_are_latency_to_a_real_client()
    {
        using LiveDisk disk = Serve(IoEngineKind.Auto, "nbdcopy");
        string source = Path.Combine(disk.Directory, "source");
        var bytes = new byte[16 << 20];
        new Random(6).NextBytes(bytes);
        await File.WriteAllBytesAsync(source, bytes);
        Task copies = Task.Run(() =>
        {
            for (int i = 0; i < 5; i++)
                Peer.Run("nbdcopy", "--flush", "--request-size=65536", source, disk.Uri);
        });
        int pauses = 0;
        for (; !copies.IsCompleted; pauses++)
        {
            disk.Pause();
            disk.Open();
        }
        await copies;
        Assert.True(pauses > 1, "The copies were too quick to be paused.");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(disk.ImagePath));
        Assert.Empty(disk.Log.Complaints);
    }

    private static LiveDisk Serve(IoEngineKind kind, params string[] programs) => Serve(kind, ImageOptions.None, programs);

    private static LiveDisk Serve(IoEngineKind kind, ImageOptions options, params string[] programs)
    {
        Peer.Require(programs);
        string? missing = IoEngines.WhyUnavailable(kind);
        Skip.If(missing is not null, missing);
        return new LiveDisk(kind, options);
    }
}
