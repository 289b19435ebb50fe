using System.Buffers.Binary;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Tests.Formats.Vhd;

/// <summary>What a guest writes into its disk's last or first sector must never be taken for a footer.</summary>
public sealed class FooterChoiceTests
{
    private static readonly Guid s_own = Guid.NewGuid();
    private static readonly Guid s_planted = Guid.NewGuid();

    [Fact]
    public void A_planted_footer_in_the_last_sector_does_not_count()
    {
        byte[] file = InUse(out _);
        VhdFooter planted = VhdFooter.Create(HD_TYPE_DIFF, 64 << 20, s_planted, 0);
        planted.Bytes.CopyTo(file.AsSpan(file.Length - FooterSize));
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(s_own, metadata.Footer.Uuid);
    }

    [Fact]
    public void A_planted_fixed_footer_in_a_block_of_the_disk_is_refused()
    {
        byte[] file = InUse(out _);
        VhdFooter.Create(HD_TYPE_FIXED, (ulong)file.Length - FooterSize, s_planted, 0).Bytes.CopyTo(file.AsSpan(file.Length - FooterSize));
        BlockException e = Assert.Throws<BlockException>(() => LoadedVhd.Of(file));
        Assert.Equal(BlockErrorKind.CorruptImage, e.Kind);
        using VhdMetadata metadata = LoadedVhd.Of(file, VhdLoadOptions.All | VhdLoadOptions.UseBackupFooter);
        Assert.Equal(s_own, metadata.Footer.Uuid);
    }

    [Fact]
    public void A_VHD_that_a_guest_puts_on_a_fixed_disk_stays_data()
    {
        byte[] inner = LoadedVhd.New(new VhdSpecification(16 << 20, s_planted, 0));
        byte[] file = new byte[(4 << 20) + FooterSize];
        inner.CopyTo(file, 0);
        VhdFooter.Create(HD_TYPE_FIXED, 4 << 20, s_own, 0).Bytes.CopyTo(file.AsSpan(4 << 20));
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal((s_own, HD_TYPE_FIXED), (metadata.Footer.Uuid, metadata.Footer.Type));
    }

    [Fact]
    public void A_planted_copy_that_leads_nowhere_stays_data()
    {
        byte[] file = new byte[(4 << 20) + FooterSize];
        VhdFooter planted = VhdFooter.Create(HD_TYPE_DYNAMIC, 4 << 20, s_planted, 0);
        planted.DataOffset = 1UL << 60;
        planted.Seal();
        planted.Bytes.CopyTo(file);
        VhdFooter.Create(HD_TYPE_FIXED, 4 << 20, s_own, 0).Bytes.CopyTo(file.AsSpan(4 << 20));
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(s_own, metadata.Footer.Uuid);
    }

    [Fact]
    public void Without_its_last_sector_the_copy_counts()
    {
        byte[] file = InUse(out _);
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(s_own, metadata.Footer.Uuid);
        Assert.Equal(file.Length, metadata.EndOfData);
    }

    [Fact]
    public void Without_the_copy_the_last_sector_counts()
    {
        byte[] file = LoadedVhd.New(new VhdSpecification(16 << 20, s_own, 0));
        file.AsSpan(0, FooterSize).Clear();
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(s_own, metadata.Footer.Uuid);
    }

    [Fact]
    public void The_short_footer_of_old_Virtual_PCs_is_one()
    {
        byte[] file = new byte[(2 << 20) + ShortFooterSize];
        VhdFooter.Create(HD_TYPE_FIXED, 2 << 20, s_own, 0).Bytes[..ShortFooterSize].CopyTo(file.AsSpan(2 << 20));
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(s_own, metadata.Footer.Uuid);
        Assert.Equal(2 << 20, metadata.EndOfData);
    }

    [Fact]
    public void A_disabled_disk_is_refused_unless_asked_for()
    {
        byte[] file = LoadedVhd.New(new VhdSpecification(16 << 20, s_own, 0));
        VhdFooter footer = new(file.AsSpan(0, FooterSize));
        footer.SetDisabled(true);
        footer.Bytes.CopyTo(file);
        footer.Bytes.CopyTo(file.AsSpan(file.Length - FooterSize));
        Assert.Contains("revert", Assert.Throws<BlockException>(() => LoadedVhd.Of(file)).Message, StringComparison.Ordinal);
        LoadedVhd.Of(file, VhdLoadOptions.IgnoreDisabled).Dispose();
    }

    /// <summary>A dynamic disk with one block, in which the file ends: as it is while somebody writes to it.</summary>
    private static byte[] InUse(out int dataOffset)
    {
        byte[] disk = LoadedVhd.New(new VhdSpecification(16 << 20, s_own, 0));
        using VhdMetadata metadata = LoadedVhd.Of(disk);
        uint place = (uint)metadata.Layout.PlaceBlock(metadata.EndOfData >> VHD_SECTOR_SHIFT);
        dataOffset = (int)metadata.Layout.DataOffset(place);
        byte[] file = new byte[dataOffset + metadata.Layout.BlockSize];
        disk.AsSpan(0, disk.Length - FooterSize).CopyTo(file);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan((int)metadata.Layout.BatOffset), place);
        return file;
    }
}
