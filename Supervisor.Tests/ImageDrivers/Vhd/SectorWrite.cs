namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>A change to a disk.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="First">Sector.</param>
/// <param name="Count">Sectors.</param>
/// <param name="Kind">What it does.</param>
internal sealed record SectorWrite(int Number, int First, int Count, SectorWriteKind Kind)
{
    internal long Began { get; init; }

    internal long? Ended { get; set; }

    /// <summary>It was promised to survive a loss of power.</summary>
    internal bool IsStable { get; set; }

    internal bool Covers(int sector) => sector >= First && sector < First + Count;
}
