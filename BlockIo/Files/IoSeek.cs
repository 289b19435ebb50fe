namespace Tapvisor.BlockIo.Files;

/// <summary>What to look for in a sparse file.</summary>
public enum IoSeek
{
    /// <summary>SEEK_DATA.</summary>
    Data = 3,

    /// <summary>SEEK_HOLE.</summary>
    Hole = 4,
}
