namespace Tapvisor.BlockIo;

/// <summary>What a guest or client may ask of a disk.</summary>
public enum BlockOperation
{
    /// <summary>Fill the buffer.</summary>
    Read,

    /// <summary>Write the buffer.</summary>
    Write,

    /// <summary>Make everything stable that was answered before.</summary>
    Flush,

    /// <summary>The data is not needed any more.</summary>
    Discard,

    /// <summary>Make the range read as zeroes.</summary>
    WriteZeroes,

    /// <summary>Tell what the range holds.</summary>
    BlockStatus,
}
