namespace Tapvisor.BlockIo.Files;

/// <summary>What <see cref="IoFile.AllocateAsync"/> does to a range; it reads as zeroes afterwards, save for the first.</summary>
public enum IoAllocateMode
{
    /// <summary>Reserves space and extends the file if the range lies beyond its end; data there stays.</summary>
    Allocate,

    /// <summary>Reserves space without changing the length; data there stays.</summary>
    AllocateKeepSize,

    /// <summary>Gives the space back (FALLOC_FL_PUNCH_HOLE, or BLKZEROOUT that may unmap).</summary>
    PunchHole,

    /// <summary>Zeroes and keeps the space (FALLOC_FL_ZERO_RANGE with KEEP_SIZE, or BLKZEROOUT).</summary>
    ZeroRange,

    /// <summary>
    /// Tells the storage that the data is not needed; what reads return afterwards is undefined (BLKDISCARD, or a punched hole).
    /// </summary>
    Discard,
}
