using System.Buffers.Binary;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.Tests.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>Files of disks with small blocks, in which much happens in little room; and whether such a file is as it should be.</summary>
internal static class SmallVhd
{
    private const int LocatorRoom = 512;

    /// <summary>An empty disk's file.</summary>
    /// <param name="size">Bytes of the disk.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    /// <param name="uuid">Its own.</param>
    /// <param name="parent">Its parent's; empty for a raw one, null for none.</param>
    /// <param name="room">Bytes of what is to hold it, a device; 0 for a file that ends where the disk does.</param>
    /// <param name="keyHash">Of an encrypted disk.</param>
    public static byte[] Create(int size, int blockSize, Guid uuid, Guid? parent = null, int room = 0, KeyHash? keyHash = null)
    {
        uint blocks = (uint)((size + blockSize - 1) / blockSize);
        VhdFooter footer = VhdFooter.Create(parent is null ? HD_TYPE_DYNAMIC : HD_TYPE_DIFF, (ulong)size, uuid, 1);
        byte[] bytes = VhdHeader.Create(blocks).Bytes.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(32), blockSize);
        VhdHeader header = new(bytes);
        var layout = new VhdLayout(footer, header);
        long map = layout.BatEnd + BatmapHeaderSize;
        int mapSize = Math.Max(Batmap.ChecksummedBytes((ulong)size), (int)VhdLayout.PadToSector((blocks + 7) / 8));
        long end = map + mapSize;
        if (parent is { } link)
        {
            header.ParentUuid = link;
            byte[] path = ParentPath.Encode(PLAT_CODE_MACX, "./parent");
            header.SetLocator(0, new ParentLocator(PLAT_CODE_MACX, LocatorRoom, (uint)path.Length, 0, (ulong)end));
        }
        header.Seal();
        byte[] file = new byte[Math.Max(room, end + LocatorRoom + FooterSize)];
        footer.Bytes.CopyTo(file);
        header.Bytes.CopyTo(file.AsSpan(FooterSize));
        file.AsSpan((int)layout.BatOffset, (int)blocks * sizeof(uint)).Fill(0xFF);
        var batmap = new BatmapHeader((ulong)map, (uint)mapSize / VHD_SECTOR_SIZE) { Checksum = uint.MaxValue, KeyHash = keyHash };
        batmap.Bytes.CopyTo(file.AsSpan((int)layout.BatEnd));
        if (parent is not null)
            ParentPath.Encode(PLAT_CODE_MACX, "./parent").CopyTo(file.AsSpan((int)end));
        footer.Bytes.CopyTo(file.AsSpan(file.Length - FooterSize));
        return file;
    }

    /// <summary>What `vhd-util check` looks at, without its demand of 2 MiB a block: footers, BAT, batmap.</summary>
    public static void Check(byte[] file)
    {
        using VhdMetadata metadata = LoadedVhd.Of(file, VhdLoadOptions.All | VhdLoadOptions.Strict);
        Assert.Equal(0, file.Length % VHD_SECTOR_SIZE);
        Assert.True(file.AsSpan(file.Length - FooterSize).SequenceEqual(metadata.Footer.Bytes), "There is no footer at the end.");
        Assert.True(file.AsSpan(0, FooterSize).SequenceEqual(metadata.Footer.Bytes), "There is no footer at the beginning.");
        Assert.Null(metadata.BatmapProblem);
        BlockAllocationTable bat = metadata.RequireBat();
        long end = (file.Length - FooterSize) >> VHD_SECTOR_SHIFT;
        Assert.Equal(-1, BatCheck.FindOutOfRange(bat, metadata.EndOfHeaders >> VHD_SECTOR_SHIFT, end, metadata.Layout.SectorsPerStoredBlock));
        for (int block = 0; block < bat.Count; block++)
            Assert.False(metadata.Batmap!.IsFull(block) && !bat.IsAllocated(block));
    }
}
