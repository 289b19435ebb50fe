using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// What one connection is promised of a disk. Taken when its handshake begins and true for its whole life: a disk that grows is
/// bigger for later connections only.
/// </summary>
/// <param name="Length">Bytes.</param>
/// <param name="Flags">What it can do, without what the negotiation adds.</param>
/// <param name="MinimumBlockSize">Requests are multiples of it, in bytes.</param>
/// <param name="PreferredBlockSize">Smallest block without read-modify-write, in bytes.</param>
/// <param name="MaximumBlockSize">Most bytes of one read or write.</param>
/// <param name="Description">For humans.</param>
internal sealed record NbdExport(
    long Length, NbdTransmissionFlags Flags, int MinimumBlockSize, int PreferredBlockSize, int MaximumBlockSize, string Description)
{
    /// <summary>The one name there is; any other is served too (upstream drivers/tapdisk-nbdserver.c).</summary>
    internal const string Name = "tapdisk_client";

    /// <summary>
    /// Most bytes of a read or write: what doc/proto.md asks a server to accept that announces no limit, and qemu's own limit.
    /// </summary>
    internal const int MaxRequestSize = 32 << 20;

    /// <summary>Upstream's preferred block, in bytes.</summary>
    private const int LeastPreferredBlockSize = 4096;

    /// <summary>What a queue's image is now.</summary>
    internal static NbdExport Of(RequestQueue queue, int minor)
    {
        ImageInfo info = queue.Info ?? throw new InvalidOperationException("A disk that was never opened has nothing to export.");
        var flags = NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS
            | NbdTransmissionFlags.NBD_FLAG_SEND_FLUSH
            | NbdTransmissionFlags.NBD_FLAG_CAN_MULTI_CONN;
        if (info.IsReadOnly)
        {
            flags |= NbdTransmissionFlags.NBD_FLAG_READ_ONLY;
        }
        else
        {
            flags |= NbdTransmissionFlags.NBD_FLAG_SEND_FUA;
            if (queue.CanDiscard)
                flags |= NbdTransmissionFlags.NBD_FLAG_SEND_TRIM;
            if (queue.CanWriteZeroes)
                flags |= NbdTransmissionFlags.NBD_FLAG_SEND_WRITE_ZEROES | NbdTransmissionFlags.NBD_FLAG_SEND_FAST_ZERO;
        }
        int preferred = Math.Max(LeastPreferredBlockSize, Math.Max(info.SectorSize, info.Alignment));
        return new NbdExport(info.Length, flags, info.Alignment, preferred, MaxRequestSize, $"Tapvisor disk, minor {minor}");
    }
}
