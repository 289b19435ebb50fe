using Akka.Event;

namespace Tapvisor.Actors.Image;

/// <summary>What an image driver's actor logs.</summary>
internal static class ImageLog
{
    internal static void DriverFaulted(this ILoggingAdapter log, int minor, string reason, Exception cause) =>
        log.Error(cause, "minor {0}: the image driver failed: {1}", minor, reason);

    internal static void DriverFaultedWhileClosing(this ILoggingAdapter log, int minor, Exception cause) =>
        log.Warning(cause, "minor {0}: the image driver failed while its image was being closed: {1}", minor, cause.Message);

    internal static void CleaningFailed(this ILoggingAdapter log, int minor, Exception cause) =>
        log.Warning(cause, "minor {0}: the failed driver's image was not closed in good order: {1}", minor, cause.Message);

    internal static void FailingFailed(this ILoggingAdapter log, int minor, Exception cause) =>
        log.Warning(cause, "minor {0}: requests that waited could not be answered: {1}", minor, cause.Message);
}
