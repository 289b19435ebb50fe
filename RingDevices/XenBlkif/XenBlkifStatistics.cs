using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif;

/// <summary>Counters of one ring since it was connected; written by its engine's thread, read by anybody.</summary>
public sealed class XenBlkifStatistics
{
    private long _requests;
    private long _responses;
    private long _refused;
    private long _failed;
    private long _kicksIn;
    private long _kicksOut;

    /// <param name="domId">The guest.</param>
    /// <param name="devId">Its device.</param>
    /// <param name="queue">Which of the device's rings.</param>
    /// <param name="entries">Of the ring.</param>
    internal XenBlkifStatistics(uint domId, uint devId, int queue, int entries)
    {
        DomId = domId;
        DevId = devId;
        Queue = queue;
        Entries = entries;
    }

    /// <summary>The guest.</summary>
    public uint DomId { get; }

    /// <summary>The guest's device.</summary>
    public uint DevId { get; }

    /// <summary>Which of the device's rings.</summary>
    public int Queue { get; }

    /// <summary>Entries of the ring.</summary>
    public int Entries { get; }

    /// <summary>Reads.</summary>
    public XenBlkifCounters Reads { get; } = new();

    /// <summary>Writes, those of barriers included.</summary>
    public XenBlkifCounters Writes { get; } = new();

    /// <summary>Flushes, and barriers without data.</summary>
    public XenBlkifCounters Flushes { get; } = new();

    /// <summary>Discards.</summary>
    public XenBlkifCounters Discards { get; } = new();

    /// <summary>Requests taken from the ring.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Responses given.</summary>
    public long Responses => Volatile.Read(ref _responses);

    /// <summary>Requests refused for what they are, or for grants that are not (upstream's errors.map).</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Requests that the image failed (upstream's errors.img).</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Events from the guest.</summary>
    public long KicksIn => Volatile.Read(ref _kicksIn);

    /// <summary>Events to the guest.</summary>
    public long KicksOut => Volatile.Read(ref _kicksOut);

    /// <summary>The ring's indices when last looked at.</summary>
    public XenBlkifIndices Indices { get; } = new();

    /// <summary>Where a request is counted by kind; null for an operation that does not exist.</summary>
    internal XenBlkifCounters? Of(BlkifOp operation, bool movesData) => operation switch
    {
        BlkifOp.BLKIF_OP_READ => Reads,
        BlkifOp.BLKIF_OP_WRITE => Writes,
        BlkifOp.BLKIF_OP_DISCARD => Discards,
        BlkifOp.BLKIF_OP_WRITE_BARRIER or BlkifOp.BLKIF_OP_FLUSH_DISKCACHE => movesData ? Writes : Flushes,
        _ => null,
    };

    internal void Taken() => _requests++;

    internal void Answered() => _responses++;

    internal void RefusedOne() => _refused++;

    internal void FailedOne() => _failed++;

    internal void KickedIn() => _kicksIn++;

    internal void KickedOut() => _kicksOut++;
}
