using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>The numbers of the public header io/blkif.h, as compiled for 64 and for 32 bits.</summary>
public sealed class BlkifLayoutTests
{
    [Theory]
    [InlineData(1, 112, 16, 8, 16, 24, 24, 28)]
    [InlineData(3, 112, 16, 8, 16, 24, 24, 28)]
    [InlineData(2, 108, 12, 4, 12, 20, 20, 24)]
    public void Fields_are_where_the_header_has_them(
        int protocol, int entry, int response, int id, int sector, int segments, int discardSectors, int indirectGrefs)
    {
        BlkifLayout layout = BlkifLayout.Of((BlkifProtocol)protocol)!;
        Assert.Equal(
            (entry, response, id, sector), (layout.EntrySize, layout.ResponseSize, layout.Id, layout.SectorNumber));
        Assert.Equal(
            (segments, discardSectors, indirectGrefs), (layout.Segments, layout.DiscardSectors, layout.IndirectGrefs));
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(2, 64)]
    [InlineData(4, 128)]
    [InlineData(8, 256)]
    [InlineData(16, 512)]
    public void A_ring_has_the_largest_power_of_two_of_entries_that_fits(int pages, int entries)
    {
        Assert.Equal(entries, BlkifLayout.Of(BlkifProtocol.X86_64)!.Entries(pages));
        Assert.Equal(entries, BlkifLayout.Of(BlkifProtocol.X86_32)!.Entries(pages));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void There_are_three_protocols(int protocol) => Assert.Null(BlkifLayout.Of((BlkifProtocol)protocol));
}
