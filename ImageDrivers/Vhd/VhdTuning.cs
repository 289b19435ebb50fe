namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Sizes that trade memory and space for speed.</summary>
internal sealed record VhdTuning
{
    /// <summary>
    /// Bytes by which a file is extended at first: enough for the writes that come while the next extension is under way, little enough not
    /// to be missed by other disks on the same storage. It is given back at closing.
    /// </summary>
    internal long MinGrowth { get; init; } = 32 << 20;

    /// <summary>Bytes at most, for a disk that is written so fast that it waited for the last extension.</summary>
    internal long MaxGrowth { get; init; } = 512 << 20;

    /// <summary>Bytes of sector bitmaps kept, not counting those of requests in flight: those of 8 GiB at 2 MiB a block.</summary>
    internal int BitmapCache { get; init; } = 2 << 20;
}
