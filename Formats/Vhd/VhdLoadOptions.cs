namespace Tapvisor.Formats.Vhd;

/// <summary>How much of a file's metadata to load, and how to take it.</summary>
[Flags]
public enum VhdLoadOptions
{
    /// <summary>Footer and header.</summary>
    None = 0,

    /// <summary>The block allocation table as well.</summary>
    Bat = 1,

    /// <summary>The batmap's header as well.</summary>
    BatmapHeader = 2,

    /// <summary>The batmap as well.</summary>
    Batmap = 4 | BatmapHeader,

    /// <summary>Everything.</summary>
    All = Bat | Batmap,

    /// <summary>The footer's copy at the beginning decides alone (repair -b).</summary>
    UseBackupFooter = 8,

    /// <summary>A disk that an interrupted operation disabled is loaded all the same.</summary>
    IgnoreDisabled = 16,

    /// <summary>
    /// The BAT must point into the file, behind the metadata, and to no place twice: as it has to before data is served from it.
    /// </summary>
    Strict = 32 | Bat | BatmapHeader,
}
