using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// A disk whose key is gone, because keys live in memory only and its service died. It stays paused, so that its guest waits instead of
/// seeing errors, until an OPEN brings the key again, or a CLOSE ends it.
/// </summary>
internal sealed partial class TapdiskActor
{
    private const string KeyLostReason =
        "its key was lost with the service that had it; give it again with tap-ctl open -E, or close the disk";

    // An OPEN is being answered by resuming.
    private bool _isReopening;

    private bool IsKeyLost =>
        Record.Name is not null && _entry.Key is null && Record.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED);

    private void EnterWithoutKey()
    {
        _log.KeyLost(Minor, Record.Name!, KeyLostReason);
        if (!Record.Paused)
            Change(Record with { Paused = true, ResumeFailed = true });
        EnterPaused();
    }

    /// <summary>OPEN of a disk that waits for its key: as RESUME, but with the flags, the timeout and the key of the message.</summary>
    private void BeginReopening(TapdiskRequest.Open open)
    {
        if (open.Key is null)
        {
            Refuse(open, Errno.ENOKEY, $"Minor {Minor}: {KeyLostReason}.");
            return;
        }
        if (!TryAccept(open))
            return;
        _entry.Key = open.Key.Clone();
        _isReopening = true;
        StartResuming(RecordOf(open.Params));
    }
}
