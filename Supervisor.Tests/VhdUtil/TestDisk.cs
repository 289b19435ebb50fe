using Tapvisor.Formats.Vhd;
using Tapvisor.Tests.Formats.Vhd;
using Tapvisor.VhdUtil.Copying;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>Puts data into disks, and reads it back through their chains.</summary>
internal static class TestDisk
{
    /// <summary>Writes sectors that tell who wrote them.</summary>
    public static void Write(string path, string tag, int first, int count)
    {
        using VhdImage image = VhdImage.Open(path, ImageAccess.ReadWrite, VhdLoadOptions.All);
        BlockTarget target = new(image, keepGarbage: false);
        target.Begin();
        for (int sector = first; sector < first + count; sector++)
        {
            (int block, int inside) = Math.DivRem(sector, image.Layout.SectorsPerBlock);
            image.File.Write(target.Place(block, inside, 1), VhdSample.Sector(tag, sector));
        }

        target.Commit();
        target.Finish();
    }

    /// <summary>All of the disk.</summary>
    public static byte[] Read(string path)
    {
        using ImageChain chain = ImageChain.Open(path, VhdLoadOptions.All);
        byte[] data = new byte[chain.Leaf.Metadata.VirtualSize];
        new ChainReader(chain).Read(0, data);
        return data;
    }

    /// <summary>A sector of a disk.</summary>
    public static byte[] Sector(byte[] disk, int sector) => disk.AsSpan(sector * 512, 512).ToArray();
}
