using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;

namespace Tapvisor.Disks.Requests;

/// <summary>
/// One request of a guest or client. It belongs to its ring device from slot to response; between <see cref="RequestQueue.Submit"/> and
/// <see cref="IRequestOwner.Completed"/> nobody may change it or its buffer. Rented from its queue and reused.
/// </summary>
public sealed class BlockRequest
{
    internal readonly IoGate Start = new();
    internal BlockRequest? Next;
    internal long Sequence;
    internal long SubmittedAt;
    internal long RetryAt;
    internal long RetryUntil;

    internal BlockRequest()
    {
    }

    /// <summary>Who answers it.</summary>
    public IRequestOwner? Owner { get; internal set; }

    /// <summary>What is asked.</summary>
    public BlockOperation Operation { get; set; }

    /// <summary>How: stable when answered, zeroes without a hole, only if fast.</summary>
    public WriteOptions Options { get; set; }

    /// <summary>First byte on the disk.</summary>
    public long Offset { get; set; }

    /// <summary>Bytes; for reads and writes that of the buffer.</summary>
    public long Length { get; set; }

    /// <summary>Data of a read or write; exactly <see cref="Length"/> bytes.</summary>
    public IoBuffer Buffer { get; set; }

    /// <summary>Where a block status goes.</summary>
    public ExtentList? Extents { get; set; }

    /// <summary>The owner's: a slot, a handle.</summary>
    public ulong Tag { get; set; }

    /// <summary>0, or a positive errno; valid in <see cref="IRequestOwner.Completed"/>.</summary>
    public int Error { get; internal set; }

    /// <summary>It changes the disk.</summary>
    public bool IsMutation => Operation is BlockOperation.Write or BlockOperation.Discard or BlockOperation.WriteZeroes;
}
