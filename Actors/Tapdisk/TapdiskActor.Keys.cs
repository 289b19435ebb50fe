using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// A disk whose key is gone, because what OPEN brings lives in memory only and its service died, and it is in no key directory either. It
/// stays paused, so that its guest waits instead of seeing errors, until an OPEN brings the key again, RESUME finds it, or CLOSE ends it.
/// </summary>
internal sealed partial class TapdiskActor
{
    private const string KeyLostReason =
        "its key was lost with the service that had it; give it again with tap-ctl open -E, or close the disk";

    // An OPEN is being answered by resuming.
    private bool _isReopening;

    private bool IsKeyLost =>
        Record.Name is not null && _entry.Key is null && Record.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED);

    /// <summary>Its key is gone, and there is nowhere to look for it.</summary>
    private bool IsKeyOutOfReach => IsKeyLost && !_entry.Host.Image.FindsKeys;

    private void EnterWithoutKey(string reason)
    {
        Timers.CancelAll();
        _log.KeyLost(Minor, Record.Name!, reason);

        // From here on it is a disk that needs a key, though a directory may have had it until now.
        TapdiskMessageFlags flags = Record.Flags | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED;
        if (!Record.Paused)
            Change(Record with { Flags = flags, Paused = true, ResumeFailed = true });
        EnterPaused();
    }

    /// <summary>OPEN of a disk that waits for its key: as RESUME, but with the flags, the timeout and the key of the message.</summary>
    private void BeginReopening(TapdiskRequest.Open open)
    {
        if (open.Key is null && IsKeyOutOfReach)
        {
            Refuse(open, Errno.ENOKEY, $"Minor {Minor}: {KeyLostReason}.");
            return;
        }
        if (!TryAccept(open))
            return;
        _entry.Key = open.Key?.Clone();
        _isReopening = true;
        StartResuming(RecordOf(open.Params));
    }
}
