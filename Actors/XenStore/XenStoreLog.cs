using Akka.Event;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.XenStore;

namespace Tapvisor.Actors.XenStore;

/// <summary>What is logged about XenStore and the devices in it.</summary>
internal static class XenStoreLog
{
    internal static void Serving(this ILoggingAdapter log, string store, string root) =>
        log.Info("serving the devices below {0} of the XenStore at {1}", root, store);

    internal static void NoStore(this ILoggingAdapter log, string reason) =>
        log.Warning("the XenStore cannot be reached, so no guest's device is served until it can: {0}", reason);

    internal static void ScanFailed(this ILoggingAdapter log, string reason) =>
        log.Warning("the devices in the XenStore cannot be listed, which is tried again: {0}", reason);

    internal static void StateChanged(this ILoggingAdapter log, VbdId id, XenbusState state) =>
        log.Debug("device {0}: state {1}", id, (int)state);

    internal static void Connecting(this ILoggingAdapter log, VbdId id, int minor, bool adopts) =>
        log.Info("device {0}: {1} minor {2}", id, adopts ? "taking over the ring to" : "connecting to", minor);

    internal static void Connected(this ILoggingAdapter log, VbdId id, int minor) =>
        log.Info("device {0}: connected to minor {1}", id, minor);

    internal static void ConnectFailed(this ILoggingAdapter log, VbdId id, int minor, string reason) =>
        log.Warning("device {0}: not connected to minor {1}: {2}", id, minor, reason);

    internal static void Disconnected(this ILoggingAdapter log, VbdId id, int minor) =>
        log.Info("device {0}: disconnected from minor {1}", id, minor);

    internal static void Failed(this ILoggingAdapter log, VbdId id, string reason) =>
        log.Error("device {0}: given up until its frontend begins anew: {1}", id, reason);

    internal static void Noted(this ILoggingAdapter log, VbdId id, string note) =>
        log.Warning("device {0}: {1}", id, note);

    internal static void NotFollowed(this ILoggingAdapter log, VbdId id, Exception cause) =>
        log.Warning(cause, "device {0}: its nodes cannot be followed, which is tried again: {1}", id, cause.Message);

    internal static void Unanswered(this ILoggingAdapter log, VbdId id, int minor) =>
        log.Error("device {0}: the ring device of minor {1} does not answer", id, minor);

    internal static void DomainDead(this ILoggingAdapter log, VbdId id) =>
        log.Info("device {0}: its domain has died", id);
}
