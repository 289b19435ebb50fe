using Akka.Event;
using Tapvisor.Actors.Tapdisk.Phases;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>What a tapdisk's actor logs: one line an event, with minor and image.</summary>
internal static class TapdiskLog
{
    internal static void Entered(this ILoggingAdapter log, int minor, TapdiskPhase phase)
    {
        // Asked first: a name costs reflection, and most services do not log at this level.
        if (log.IsDebugEnabled)
            log.Debug("minor {0}: {1}", minor, phase.GetType().Name);
    }

    internal static void Opened(this ILoggingAdapter log, int minor, string image, ulong sectors, uint sectorSize) =>
        log.Info("minor {0}: opened {1}: {2} sectors of {3} bytes", minor, image, sectors, sectorSize);

    internal static void OpenFailed(this ILoggingAdapter log, int minor, string image, string reason) =>
        log.Warning("minor {0}: {1} was not opened: {2}", minor, image, reason);

    internal static void Closed(this ILoggingAdapter log, int minor, string image) =>
        log.Info("minor {0}: closed {1}", minor, image);

    internal static void CloseFailed(this ILoggingAdapter log, int minor, string reason) =>
        log.Error("minor {0}: {1}", minor, reason);

    internal static void Paused(this ILoggingAdapter log, int minor) =>
        log.Info("minor {0}: paused", minor);

    internal static void Resumed(this ILoggingAdapter log, int minor, string image) =>
        log.Info("minor {0}: resumed with {1}", minor, image);

    internal static void ResumeFailed(this ILoggingAdapter log, int minor, string reason) =>
        log.Warning("minor {0}: was not resumed: {1}", minor, reason);

    internal static void KeyLost(this ILoggingAdapter log, int minor, string image, string reason) =>
        log.Warning("minor {0}: {1} stays paused and its guest waits: {2}", minor, image, reason);

    internal static void Recovering(this ILoggingAdapter log, int minor, string image, TimeSpan backoff) =>
        log.Warning("minor {0}: opening {1} again in {2} ms; its guest waits", minor, image, (long)backoff.TotalMilliseconds);

    internal static void RecoveryFailed(this ILoggingAdapter log, int minor, string reason, TimeSpan backoff) =>
        log.Warning("minor {0}: not recovered yet, next try in {1} ms: {2}", minor, (long)backoff.TotalMilliseconds, reason);

    internal static void Recovered(this ILoggingAdapter log, int minor, string image) =>
        log.Info("minor {0}: recovered {1}; nothing that its guest had asked is lost", minor, image);

    internal static void GivenUp(this ILoggingAdapter log, int minor, string image, string reason) =>
        log.Error("minor {0}: given up on {1}, its guest sees I/O errors; repair it, then pause and unpause the disk: {2}", minor, image, reason);

    internal static void JournalFailed(this ILoggingAdapter log, int minor, Exception cause) =>
        log.Error(cause, "minor {0}: its record was not stored, so it will not come back if the service dies: {1}", minor, cause.Message);
}
