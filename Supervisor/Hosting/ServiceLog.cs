using Microsoft.Extensions.Logging;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>What the service as a whole logs.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(1, LogLevel.Information, "{Count} engines started, by {Kind}")]
    internal static partial void EnginesStarted(this ILogger log, int count, string kind);

    [LoggerMessage(2, LogLevel.Critical, "{Engine} ran into a defect; its disks may hang")]
    internal static partial void EngineFailed(this ILogger log, string engine, Exception cause);

    [LoggerMessage(3, LogLevel.Information, "another service is the main one in {Directory}; this one, pid {Pid}, works beside it")]
    internal static partial void WorksBeside(this ILogger log, string directory, int pid);

    [LoggerMessage(4, LogLevel.Warning, "the record {Path} of a former service cannot be used, so its disk does not come back: {Reason}")]
    internal static partial void BrokenRecord(this ILogger log, string path, string reason);

    [LoggerMessage(5, LogLevel.Information, "minor {Minor}: {Image} of service {Pid}, which has died, is brought back")]
    internal static partial void Adopting(this ILogger log, int minor, string image, int pid);

    [LoggerMessage(6, LogLevel.Error, "not brought back: {Reason}")]
    internal static partial void NotAdopted(this ILogger log, string reason);

    [LoggerMessage(7, LogLevel.Information, "the configuration has been read again: what it marks with Reload is as it says")]
    internal static partial void Reloaded(this ILogger log);

    [LoggerMessage(8, LogLevel.Error, "the configuration was not read again: {Reason}")]
    internal static partial void ReloadFailed(this ILogger log, string reason);

    [LoggerMessage(9, LogLevel.Information, "the last disk has gone; the service ends in {Seconds} s")]
    internal static partial void Lingering(this ILogger log, double seconds);

    [LoggerMessage(10, LogLevel.Warning, "minors {Minors} were not closed within {Seconds} s; the next service brings them back")]
    internal static partial void EndedEarly(this ILogger log, double seconds, string minors);

    [LoggerMessage(11, LogLevel.Information, "tapvisord {Version} serves {Directory} as pid {Pid}")]
    internal static partial void Ready(this ILogger log, string version, string directory, int pid);

    [LoggerMessage(12, LogLevel.Information, "every disk is closed; the service ends")]
    internal static partial void Ended(this ILogger log);

    [LoggerMessage(13, LogLevel.Error, "a storage does not answer; the service ends without having closed every disk")]
    internal static partial void EndedHard(this ILogger log);

    [LoggerMessage(14, LogLevel.Information, "this host has no XenStore, or it is left to others: no guest's device is served")]
    internal static partial void NoXenStore(this ILogger log);

    [LoggerMessage(15, LogLevel.Warning, "counters cannot be published in {Directory}, which is tried again and again: {Reason}")]
    internal static partial void StatisticsFailed(this ILogger log, string directory, string reason);

    [LoggerMessage(16, LogLevel.Error, "the configuration was not read again, by a defect of the service")]
    internal static partial void ReloadBroke(this ILogger log, Exception cause);
}
