using Akka.Event;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Supervisor;

/// <summary>What the supervisor logs.</summary>
internal static class SupervisorLog
{
    internal static void Attached(this ILoggingAdapter log, int minor) =>
        log.Info("minor {0}: attached", minor);

    internal static void Detached(this ILoggingAdapter log, int minor) =>
        log.Info("minor {0}: detached", minor);

    internal static void TapdiskStopped(this ILoggingAdapter log, int minor, string reason) =>
        log.Error("minor {0}: the tapdisk failed too often and is not restarted any more: {1}", minor, reason);

    internal static void DisposeFailed(this ILoggingAdapter log, int minor, Exception cause) =>
        log.Error(cause, "minor {0}: not everything of it could be freed: {1}", minor, cause.Message);

    internal static void Injected(
        this ILoggingAdapter log, int minor, FaultKind kind, FaultOperation operation, uint argument, uint count) =>
        log.Warning("minor {0}: fault injected: {1} {2} on {3}, count {4}", minor, kind, argument, operation, count);
}
