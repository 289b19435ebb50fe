using System.Buffers.Binary;
using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Tests.Formats.Vhd.Fuzz;

/// <summary>Damages a good image, or makes it hostile: mostly in its metadata, and mostly with checksums right again.</summary>
internal static class VhdMutator
{
    private const int MetadataSize = 8192;

    // Offset and width of the numbers that a reader may trust (vhd.h: hd_ftr, dd_hdr, dd_batmap_hdr).
    private static readonly (int At, int Width)[] s_footerFields =
        [(8, 4), (12, 4), (16, 8), (24, 4), (28, 4), (32, 4), (40, 8), (48, 8), (56, 4), (60, 4), (68, 8), (84, 1), (85, 1)];

    private static readonly (int At, int Width)[] s_headerFields =
        [(8, 8), (16, 8), (24, 4), (28, 4), (32, 4), (40, 8), (56, 4), (64, 8), (576, 4), (580, 4), (584, 4), (588, 4), (592, 8), (600, 4)];

    private static readonly (int At, int Width)[] s_batmapFields = [(8, 8), (16, 4), (20, 4), (28, 1), (29, 1), (62, 8)];

    /// <summary>A changed copy.</summary>
    internal static byte[] Mutate(byte[] original, Random random)
    {
        byte[] file = [.. original];
        for (int i = random.Next(1, 5); i > 0 && file.Length > 0; i--)
            file = Change(file, random);
        if (random.Next(4) != 0)
            Seal(file);
        return random.Next(10) == 0 ? Resize(file, random) : file;
    }

    /// <summary>Where metadata is, or the end, or anywhere.</summary>
    internal static int Place(int length, Random random) => random.Next(4) switch
    {
        0 => random.Next(length),
        1 => length - 1 - random.Next(Math.Min(length, FooterSize)),
        _ => random.Next(Math.Min(length, MetadataSize)),
    };

    private static byte[] Change(byte[] file, Random random)
    {
        int at = Place(file.Length, random);
        switch (random.Next(8))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                file.AsSpan(at, Math.Min(random.Next(1, 9), file.Length - at)).Fill(random.Next(2) == 0 ? (byte)0 : (byte)0xFF);
                return file;
            case 2:
                int sector = at / VHD_SECTOR_SIZE * VHD_SECTOR_SIZE;
                file.AsSpan(sector, Math.Min(random.Next(1, 9) * VHD_SECTOR_SIZE, file.Length - sector)).Clear();
                return file;
            case 3:
                int from = Place(file.Length, random) / VHD_SECTOR_SIZE * VHD_SECTOR_SIZE;
                int to = at / VHD_SECTOR_SIZE * VHD_SECTOR_SIZE;
                int length = Math.Min(VHD_SECTOR_SIZE, file.Length - Math.Max(from, to));
                file.AsSpan(from, length).CopyTo(file.AsSpan(to));
                return file;
            case 4:
                return Resize(file, random);
            default:
                MakeHostile(file, random);
                return file;
        }
    }

    private static byte[] Resize(byte[] file, Random random)
    {
        int length = random.Next(4) switch
        {
            0 => random.Next(file.Length + 1),
            1 => file.Length + random.Next(4096),
            2 => Math.Max(0, file.Length - random.Next(1024)),
            _ => Math.Max(0, file.Length - FooterSize),
        };
        Array.Resize(ref file, length);
        return file;
    }

    /// <summary>Sets one of the numbers that a reader may trust to one that it had better not.</summary>
    private static void MakeHostile(byte[] file, Random random)
    {
        int header = HeaderOffset(file);
        switch (random.Next(5))
        {
            case 0:
                Set(file, 0, s_footerFields, random);
                break;
            case 1:
                Set(file, header, s_headerFields, random);
                break;
            case 2 when BatmapOffset(file) is >= 0 and var batmap:
                Set(file, batmap, s_batmapFields, random);
                break;
            case 3:
                Set(file, file.Length - FooterSize, s_footerFields, random);
                break;
            default:
                long table = header + 24 <= file.Length ? (long)BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(header + 16)) : -1;
                if (table >= 0 && table < file.Length)
                    Set(file, (int)table, [(random.Next(40) * sizeof(uint), sizeof(uint))], random);
                break;
        }
    }

    private static void Set(byte[] file, int at, (int At, int Width)[] fields, Random random)
    {
        (int offset, int width) = fields[random.Next(fields.Length)];
        at += offset;
        if (at < 0 || at + width > file.Length)
            return;
        Span<byte> value = stackalloc byte[8];
        Span<byte> field = file.AsSpan(at, width);
        BinaryPrimitives.WriteUInt64BigEndian(value, Hostile(file, random));
        if (random.Next(4) == 0)
            field[^1] += (byte)random.Next(-2, 3);
        else
            value[^width..].CopyTo(field);
    }

    private static ulong Hostile(byte[] file, Random random) => random.Next(12) switch
    {
        0 => 0,
        1 => (ulong)random.Next(16),
        2 => int.MaxValue,
        3 => 0x8000_0000,
        4 => uint.MaxValue - (ulong)random.Next(2),
        5 => long.MaxValue - (ulong)random.Next(2) * 511,
        6 => ulong.MaxValue,
        7 => (ulong)(file.Length / VHD_SECTOR_SIZE) - (ulong)random.Next(3),
        8 => (ulong)file.Length - (ulong)random.Next(3) * VHD_SECTOR_SIZE,
        9 => (ulong)random.Next(file.Length),
        10 => (ulong)random.Next(file.Length) / VHD_SECTOR_SIZE,
        _ => 1UL << random.Next(64),
    };

    private static int HeaderOffset(byte[] file) =>
        file.Length < FooterSize + HeaderSize ? file.Length
        : BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(16)) is var at && at <= (ulong)(file.Length - HeaderSize) ? (int)at : FooterSize;

    private static int BatmapOffset(byte[] file) => file.AsSpan().IndexOf(VHD_BATMAP_COOKIE);

    private static void Seal(byte[] file)
    {
        if (file.Length < FooterSize)
            return;
        foreach (int at in (ReadOnlySpan<int>)[0, file.Length - FooterSize])
        {
            VhdFooter footer = new(file.AsSpan(at, FooterSize));
            if (at == 0 && !footer.Bytes.StartsWith(HD_COOKIE))
                continue;
            footer.Seal();
            footer.Bytes.CopyTo(file.AsSpan(at));
        }
        int headerAt = HeaderOffset(file);
        if (headerAt < file.Length && !new VhdFooter(file.AsSpan(0, FooterSize)).IsFixed)
        {
            VhdHeader header = new(file.AsSpan(headerAt, HeaderSize));
            header.Seal();
            header.Bytes.CopyTo(file.AsSpan(headerAt));
        }
        if (BatmapOffset(file) is >= 0 and var batmapAt && batmapAt + BatmapHeaderSize <= file.Length)
            SealBatmap(file, batmapAt);
    }

    private static void SealBatmap(byte[] file, int at)
    {
        BatmapHeader header = new(file.AsSpan(at, BatmapHeaderSize));
        ulong size = new VhdFooter(file.AsSpan(0, FooterSize)).CurrentSize;
        if (size > VhdLimits.MaxMetadataSize || header.Offset > (ulong)file.Length)
            return;
        Batmap batmap = new(header, size);
        if (header.Offset + (ulong)batmap.Map.Length > (ulong)file.Length)
            return;
        file.AsSpan((int)header.Offset, batmap.Map.Length).CopyTo(batmap.Map);
        batmap.Seal();
        header.Bytes.CopyTo(file.AsSpan(at));
    }
}
