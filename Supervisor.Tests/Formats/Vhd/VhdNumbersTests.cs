using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Tests.Formats.Vhd;

/// <summary>Numbers worked out by hand from the specification, for a disk of 1 GiB with UUID 00010203-… created at the epoch.</summary>
public sealed class VhdNumbersTests
{
    private const ulong OneGiB = 1UL << 30;
    private static readonly Guid s_uuid = new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], bigEndian: true);

    [Theory]
    [InlineData(2L << 20, 60, 4, 17)]
    [InlineData(100L << 20, 1003, 12, 17)]
    [InlineData(504L << 20, 1024, 16, 63)]
    [InlineData(1L << 30, 2080, 16, 63)]
    [InlineData(10L << 30, 20805, 16, 63)]
    [InlineData(31L << 30, 64495, 16, 63)]
    [InlineData(32L << 30, 16448, 16, 255)]
    [InlineData(127L << 30, 65278, 16, 255)]
    [InlineData(128L << 30, 65535, 16, 255)]
    [InlineData(2040L << 30, 65535, 16, 255)]
    [InlineData(4096L << 30, 65535, 16, 255)]
    public void Geometry_follows_from_the_size(long size, int cylinders, int heads, int sectors) =>
        Assert.Equal(new DiskGeometry((ushort)cylinders, (byte)heads, (byte)sectors), DiskGeometry.FromSize((ulong)size));

    [Theory]
    [InlineData(HD_TYPE_FIXED, 0xFFFFF1ED)]
    [InlineData(HD_TYPE_DYNAMIC, 0xFFFFF9E2)]
    [InlineData(HD_TYPE_DIFF, 0xFFFFF9E1)]
    public void Footers_have_the_checksum(uint type, uint checksum)
    {
        VhdFooter footer = VhdFooter.Create(type, OneGiB, s_uuid, 0);
        Assert.Equal(checksum, footer.Checksum);
        Assert.True(footer.IsValid);
    }

    [Fact]
    public void The_header_has_the_checksum()
    {
        VhdHeader header = VhdHeader.Create(512);
        header.Seal();
        Assert.Equal(0xFFFFF475, header.Checksum);
        Assert.Null(header.FindProblem());
    }

    [Fact]
    public void Things_lie_where_they_should()
    {
        VhdFooter footer = VhdFooter.Create(HD_TYPE_DYNAMIC, OneGiB, s_uuid, 0);
        VhdLayout layout = new(footer, VhdHeader.Create(512));
        Assert.Equal((1536, 3584, 512UL), (layout.BatOffset, layout.BatEnd, layout.BlockCount));
        Assert.Equal(15, layout.PlaceBlock(9));
        Assert.Equal(15, layout.PlaceBlock(12));
        Assert.Equal(4119, layout.PlaceBlock(15 + 4097));
        Assert.Equal(16 * 512, layout.DataOffset(15));
    }

    [Fact]
    public void An_empty_dynamic_disk_ends_after_nine_sectors()
    {
        using VhdMetadata metadata = LoadedVhd.Of(
            LoadedVhd.New(new VhdSpecification(OneGiB, s_uuid, 0)), VhdLoadOptions.All | VhdLoadOptions.Strict);
        Assert.Equal(4608, metadata.EndOfHeaders);
        Assert.Equal(4608, metadata.EndOfData);
        Assert.Equal(0xFFFFFFFF, metadata.Batmap!.Header.Checksum);
        Assert.Equal(0, metadata.Bat!.AllocatedCount);
    }

    [Fact]
    public void Locators_follow_the_batmap()
    {
        VhdSpecification specification = new(OneGiB, s_uuid, 0) { Parent = new ParentLink("./p.vhd", s_uuid, 0) };
        using VhdMetadata metadata = LoadedVhd.Of(LoadedVhd.New(specification));
        Assert.Equal([4608UL, 5120, 5632], Enumerable.Range(0, 3).Select(i => metadata.Header.GetLocator(i).DataOffset));
        Assert.Equal(6144, metadata.EndOfHeaders);
    }

    [Fact]
    public void A_locator_beyond_the_file_does_not_move_the_end_of_the_headers()
    {
        byte[] file = LoadedVhd.New(new VhdSpecification(OneGiB, s_uuid, 0) { Parent = new ParentLink("./p.vhd", s_uuid, 0) });
        VhdHeader header = new(file.AsSpan(FooterSize));
        header.SetLocator(2, header.GetLocator(2) with { DataOffset = 1UL << 50 });
        header.Seal();
        header.Bytes.CopyTo(file.AsSpan(FooterSize));
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(5632, metadata.EndOfHeaders);
    }

    [Fact]
    public void A_table_that_is_longer_than_the_file_is_refused()
    {
        byte[] file = LoadedVhd.New(new VhdSpecification(OneGiB, s_uuid, 0));
        VhdHeader header = new(file.AsSpan(FooterSize)) { MaxBatSize = uint.MaxValue };
        header.Seal();
        header.Bytes.CopyTo(file.AsSpan(FooterSize));
        Assert.Equal(BlockErrorKind.CorruptImage, Assert.Throws<BlockException>(() => LoadedVhd.Of(file, VhdLoadOptions.None)).Kind);
    }

    [Fact]
    public void More_than_2040_GiB_is_refused()
    {
        Assert.Equal(
            VhdLimits.MaxVirtualSize, VhdCreation.Plan("x", new VhdSpecification(VhdLimits.MaxVirtualSize, s_uuid, 0)).Footer.CurrentSize);
        BlockException e = Assert.Throws<BlockException>(
            () => VhdCreation.Plan("x.vhd", new VhdSpecification(VhdLimits.MaxVirtualSize + (2 << 20), s_uuid, 0)));
        Assert.Equal((BlockErrorKind.Unsupported, Errno.EFBIG), (e.Kind, e.Errno));
        Assert.Contains("'x.vhd'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Timestamps_count_from_the_year_2000() =>
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 1, 0, TimeSpan.Zero), VhdTime.ToDateTime(VhdTime.FromUnixSeconds(946684860)));

    [Fact]
    public void An_early_hidden_flag_does_not_spoil_the_checksum()
    {
        byte[] bytes = VhdFooter.Create(HD_TYPE_DYNAMIC, OneGiB, s_uuid, 0).Bytes.ToArray();
        bytes[35] = 1; // creator version 1.1
        VhdFooter old = new(bytes);
        old.Seal();
        old.Hidden = 1;
        Assert.True(old.IsValid);
        old.Hidden = 2;
        Assert.True(old.IsValid);
        bytes[35] = 3;
        VhdFooter current = new(bytes);
        current.Seal();
        current.Hidden = 1;
        Assert.False(current.IsValid);
    }
}
