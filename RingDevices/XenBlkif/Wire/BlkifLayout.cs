using System.Numerics;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifLimits;

namespace Tapvisor.RingDevices.XenBlkif.Wire;

/// <summary>
/// Where the fields of requests and responses are, in bytes: struct blkif_request, _discard, _indirect and blkif_response of the public
/// header io/blkif.h. The two layouts differ in how a 64-bit number is aligned.
/// </summary>
internal sealed class BlkifLayout
{
    /// <summary>Bytes of the shared indices in front of the entries (public header io/ring.h).</summary>
    internal const int HeaderSize = 64;

    // Common to both layouts.
    internal const int Operation = 0;
    internal const int SegmentCount = 1;
    internal const int DiscardFlag = 1;
    internal const int IndirectOperation = 1;
    internal const int IndirectSegmentCount = 2;
    internal const int ResponseId = 0;
    internal const int ResponseOperation = 8;
    internal const int ResponseStatus = 10;

    /// <summary>BLKIF_DISCARD_SECURE.</summary>
    internal const byte DiscardSecure = 1;

    private static readonly BlkifLayout s_64 = new(112, 16, 8);
    private static readonly BlkifLayout s_32 = new(108, 12, 4);

    private BlkifLayout(int entrySize, int responseSize, int id)
    {
        EntrySize = entrySize;
        ResponseSize = responseSize;
        Id = id;
    }

    /// <summary>Bytes of an entry of the ring, as of a request.</summary>
    internal int EntrySize { get; }

    /// <summary>Bytes of a response.</summary>
    internal int ResponseSize { get; }

    internal int Id { get; }

    internal int SectorNumber => Id + 8;

    internal int Segments => Id + 16;

    internal int DiscardSectors => Id + 16;

    internal int IndirectGrefs => Id + 20;

    /// <summary>The layout of a protocol; null for one that does not exist.</summary>
    internal static BlkifLayout? Of(BlkifProtocol protocol) => protocol switch
    {
        BlkifProtocol.Native or BlkifProtocol.X86_64 => s_64,
        BlkifProtocol.X86_32 => s_32,
        _ => null,
    };

    /// <summary>Entries of a ring of so many pages: the largest power of two that fits.</summary>
    internal int Entries(int pages) => (int)BitOperations.RoundUpToPowerOf2((uint)(((pages * PageSize) - HeaderSize) / EntrySize) + 1) / 2;
}
