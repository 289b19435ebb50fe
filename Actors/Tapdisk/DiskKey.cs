using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// Where a disk's key is. What OPEN brings lives in memory only and is gone with the service that had it. A disk whose key is in no key
/// directory either stays paused, so that its guest waits instead of seeing errors, until an OPEN brings the key again, RESUME finds it,
/// or CLOSE ends it.
/// </summary>
internal sealed class DiskKey(DiskEntry entry)
{
    internal const string LostReason =
        "its key was lost with the service that had it; give it again with tap-ctl open -E, or close the disk";

    /// <summary>Nobody has given it, or what was given is gone.</summary>
    internal bool IsAbsent => entry.Key is null;

    /// <summary>An image that was opened with a key has none now.</summary>
    internal bool IsLost =>
        IsAbsent
        && entry.Record is { Name: not null } record
        && record.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED);

    /// <summary>Its key is gone, and there is nowhere to look for it.</summary>
    internal bool IsOutOfReach => IsLost && !entry.Host.Image.FindsKeys;

    /// <summary>Takes a copy of what OPEN brought, in place of what there was.</summary>
    internal void Take(EncryptionKey? key) => entry.Key = key?.Clone();

    internal void Erase() => entry.Key = null;
}
