using Tapvisor.Formats.Vhd;

namespace Tapvisor.Tests.Formats.Vhd;

public sealed class BatCheckTests
{
    [Fact]
    public void Overlaps_are_those_that_comparing_all_pairs_finds()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            using BlockAllocationTable bat = new(12);
            for (int i = 0; i < bat.Count; i++)
                bat[i] = random.Next(3) == 0 ? VhdConstants.DD_BLK_UNUSED : (uint)random.Next(900);
            bool found = BatCheck.FindOverlap(bat, 20, out int first, out int second);
            (int, int)? expected = (from i in Enumerable.Range(0, bat.Count)
                                    from j in Enumerable.Range(0, bat.Count)
                                    where i != j && bat.IsAllocated(i) && bat.IsAllocated(j) && Math.Abs((long)bat[i] - bat[j]) < 20
                                    select ((int, int)?)(i, j)).FirstOrDefault();
            Assert.True(found == expected is not null && (!found || expected == (first, second)), $"seed {seed}");
        }
    }

    [Fact]
    public void Blocks_in_the_metadata_or_behind_the_end_are_out_of_range()
    {
        using BlockAllocationTable bat = new(3);
        bat[1] = 15;
        Assert.Equal(-1, BatCheck.FindOutOfRange(bat, 15, 15 + 4097, 4097));
        Assert.Equal(1, BatCheck.FindOutOfRange(bat, 16, 15 + 4097, 4097));
        Assert.Equal(1, BatCheck.FindOutOfRange(bat, 15, 15 + 4096, 4097));
    }

    [Fact]
    public void A_table_for_2_TiB_is_read_and_written_in_its_sectors()
    {
        using BlockAllocationTable bat = new(1000);
        bat[128] = 0x01020304;
        byte[] sector = new byte[512];
        bat.Write(128, sector, 2000);
        Assert.Equal([1, 2, 3, 4, 0xFF], sector[..5]);
        bat.Write(896, sector, 1010);
        Assert.Equal(0xFF, sector[(1010 - 896) * 4 - 1]);
        Assert.Equal(0, sector[(1010 - 896) * 4]);
        using BlockAllocationTable copy = new(1000);
        bat.Write(128, sector, 2000);
        copy.Read(128, sector);
        Assert.Equal(0x01020304U, copy[128]);
        Assert.Equal(1, copy.AllocatedCount);
    }
}
