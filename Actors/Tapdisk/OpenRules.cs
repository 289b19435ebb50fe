using Tapvisor.Disks;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>What cannot be opened whatever the image is; null where nothing speaks against it.</summary>
internal sealed class OpenRules(DiskEntry entry, DiskKey key)
{
    // What no driver of this service offers yet. VHD_INDEX is left out because it has no effect in upstream either.
    private const TapdiskMessageFlags Unserved =
        TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_CACHE
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LOG
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LCACHE
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_SECONDARY
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_STANDBY;

    private Refusal KeyLost => new(Errno.ENOKEY, $"Minor {entry.Minor}: {DiskKey.LostReason}.");

    /// <summary>EOPNOTSUPP for a flag that is not served, EINVAL or ENAMETOOLONG for a name, EINVAL for a disk on top of itself.</summary>
    internal Refusal? WhyNotOpen(TapdiskRequest.Open open)
    {
        if (WhyNot(open.Params.Flags, open.Params.Path) is { } refusal)
            return refusal;
        return open.Params.ParentMinor == entry.Minor
            ? new Refusal(Errno.EINVAL, $"'{open.Params.Path}' cannot be stacked on minor {entry.Minor}, which is itself.")
            : null;
    }

    /// <summary>As <see cref="WhyNotOpen"/>, of a disk that waits for its key; ENOKEY when that is not there.</summary>
    internal Refusal? WhyNotReopen(TapdiskRequest.Open open) =>
        open.Key is null && key.IsOutOfReach ? KeyLost : WhyNotOpen(open);

    /// <summary>EINVAL when there is no name, ENOKEY when the key is out of reach, else as <see cref="WhyNotOpen"/>.</summary>
    internal Refusal? WhyNotResume(TapdiskRequest.Resume resume)
    {
        string? name = resume.Params.Path.Length > 0 ? resume.Params.Path : entry.Record.Name;
        if (name is null)
            return new Refusal(Errno.EINVAL, $"Minor {entry.Minor} has no image to resume: name one.");
        return key.IsOutOfReach ? KeyLost : WhyNot(resume.Params.Flags, name);
    }

    private static Refusal? WhyNot(TapdiskMessageFlags flags, string name)
    {
        TapdiskMessageFlags unserved = flags & Unserved;
        if (unserved != TapdiskMessageFlags.None)
            return new Refusal(Errno.EOPNOTSUPP, $"'{name}' cannot be opened with {unserved}: this service does not serve it.");
        try
        {
            ImageName.Parse(name);
            return null;
        }
        catch (BlockException e)
        {
            return new Refusal(e.Errno, e.Message);
        }
    }
}
