using System.Buffers.Binary;
using Tapvisor.Formats.Vhd;
using Tapvisor.Tests.ImageDrivers.Vhd;

namespace Tapvisor.Tests.Formats.Vhd;

public sealed class BatmapLimitTests
{
    private const int MiB = 1 << 20;
    private const int SectorsField = 16;

    [Theory]
    [InlineData(VhdLimits.MaxBatmapSectors, true)]
    [InlineData(VhdLimits.MaxBatmapSectors + 1, false)]
    [InlineData(uint.MaxValue, false)]
    public void A_batmap_larger_than_any_disk_needs_is_none(uint sectors, bool isTaken)
    {
        byte[] file = SmallVhd.Create(size: 64 * MiB, blockSize: 2 * MiB, Guid.NewGuid(), room: MiB);
        using (VhdMetadata good = LoadedVhd.Of(file))
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan((int)good.Layout.BatEnd + SectorsField), sectors);
        using VhdMetadata metadata = LoadedVhd.Of(file);
        Assert.Equal(isTaken, metadata.Batmap is not null);
        Assert.Equal(isTaken, metadata.BatmapProblem is null);
    }
}
