using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>What the clients of a disk are answered; the cookie of an answer is the minor.</summary>
internal sealed class TapdiskAnswers(DiskEntry entry)
{
    private ushort Cookie => (ushort)entry.Minor;

    internal TapdiskResponse Opened =>
        new TapdiskResponse.Open(Cookie, new TapdiskImage(entry.Record.Sectors, entry.Record.SectorSize, 0));

    internal TapdiskResponse Paused => new TapdiskResponse.Pause(Cookie);

    internal TapdiskResponse Resumed => new TapdiskResponse.Resume(Cookie);

    internal TapdiskResponse Closed => new TapdiskResponse.Close(Cookie);

    internal TapdiskResponse Failed(int errno, string reason) => new TapdiskResponse.Error(Cookie, errno, reason);

    internal TapdiskResponse Failed(Refusal refusal) => Failed(refusal.Errno, refusal.Reason);

    /// <summary>EIO: the disk's parts failed in the middle of it.</summary>
    internal TapdiskResponse Broken(string why) => Failed(Breakage(why));

    internal Refusal Breakage(string why) => new(Errno.EIO, $"Minor {entry.Minor} failed: {why}.");
}
