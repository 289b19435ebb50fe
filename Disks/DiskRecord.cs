using Tapvisor.Messages;

namespace Tapvisor.Disks;

/// <summary>
/// What a disk is, apart from what it is doing: enough to bring it back after its actor, or the whole service, has died. Never a key.
/// </summary>
public sealed record DiskRecord
{
    /// <summary>The minor.</summary>
    public required int Minor { get; init; }

    /// <summary>type:path; null while nothing is open or paused.</summary>
    public string? Name { get; init; }

    /// <summary>Those of TAPDISK_MESSAGE_OPEN.</summary>
    public TapdiskMessageFlags Flags { get; init; }

    /// <summary>Minor of the disk that serves the parent of <see cref="Name"/> by NBD; null if the image names its parent itself.</summary>
    public int? ParentMinor { get; init; }

    /// <summary>Seconds; 0 for the default.</summary>
    public int RequestTimeout { get; init; }

    /// <summary>Paused by somebody, and to stay so.</summary>
    public bool Paused { get; init; }

    /// <summary>Something was open before: LIST then reports CLOSED rather than nothing.</summary>
    public bool WasClosed { get; init; }

    /// <summary>The last attempt to resume failed.</summary>
    public bool ResumeFailed { get; init; }

    /// <summary>The size that guests were told.</summary>
    public ulong Sectors { get; init; }

    /// <summary>Bytes of the sectors that <see cref="Sectors"/> counts.</summary>
    public uint SectorSize { get; init; }

    /// <summary>NBD sockets of dead services at which clients of this disk may still look for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The size that guests were told, in bytes.</summary>
    public long Length => (long)(Sectors * SectorSize);
}
