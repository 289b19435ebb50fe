namespace Tapvisor.VhdUtil.Scanning;

/// <summary>What `vhd-util scan' is to do: upstream's VHD_SCAN_*.</summary>
[Flags]
internal enum ScanOptions
{
    None = 0,

    /// <summary>-f: headers only; parents as the header names them.</summary>
    Fast = 1,

    /// <summary>-p: as a tree.</summary>
    Pretty = 2,

    /// <summary>-l: logical volumes.</summary>
    Volume = 4,

    /// <summary>-c: go on after a failure.</summary>
    NoFail = 8,

    /// <summary>-v: full paths.</summary>
    Verbose = 0x10,

    /// <summary>-a: parents as well.</summary>
    Parents = 0x20,

    /// <summary>-M: markers and key hashes.</summary>
    Markers = 0x40,
}
