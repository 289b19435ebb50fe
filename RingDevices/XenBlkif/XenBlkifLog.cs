using Microsoft.Extensions.Logging;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif;

/// <summary>What guests' rings say; of what a guest can provoke at will, each ring says each thing once.</summary>
internal static partial class XenBlkifLog
{
    [LoggerMessage(1, LogLevel.Information,
        "minor {Minor}: serves domain {DomId} device {DevId}: {Rings} rings of {Entries} entries, {Protocol}")]
    internal static partial void Connected(
        this ILogger log, int minor, uint domId, uint devId, int rings, int entries, BlkifProtocol protocol);

    [LoggerMessage(2, LogLevel.Information,
        "minor {Minor}: goes on with domain {DomId} device {DevId} where a dead service left it; {Count} requests were unanswered")]
    internal static partial void Adopted(this ILogger log, int minor, uint domId, uint devId, int count);

    [LoggerMessage(3, LogLevel.Information, "minor {Minor}: domain {DomId} device {DevId} is disconnected")]
    internal static partial void Disconnected(this ILogger log, int minor, uint domId, uint devId);

    [LoggerMessage(4, LogLevel.Warning,
        "minor {Minor}: domain {DomId} device {DevId} ring {Ring}: {Operation} at sector {Sector} is refused: {Reason} "
        + "Further refusals are only counted")]
    internal static partial void Refused(
        this ILogger log, int minor, uint domId, uint devId, int ring, BlkifOp operation, long sector, string reason);

    [LoggerMessage(5, LogLevel.Error,
        "minor {Minor}: domain {DomId} device {DevId} ring {Ring} is halted: the guest claims {Claimed} requests in a ring of {Entries}")]
    internal static partial void Halted(this ILogger log, int minor, uint domId, uint devId, int ring, uint claimed, int entries);

    [LoggerMessage(6, LogLevel.Warning,
        "minor {Minor}: domain {DomId} device {DevId} disconnects, and {Count} requests did not end within {Seconds} s: "
        + "the image is restarted")]
    internal static partial void DrainTimedOut(this ILogger log, int minor, uint domId, uint devId, int count, double seconds);

    [LoggerMessage(7, LogLevel.Warning,
        "minor {Minor}: domain {DomId} device {DevId} ring {Ring}: events without requests are slowed down")]
    internal static partial void EventStorm(this ILogger log, int minor, uint domId, uint devId, int ring);

    [LoggerMessage(8, LogLevel.Warning, "minor {Minor}: {Reason} Nothing of the ring is outstanding, so it is served all the same")]
    internal static partial void ShadowUseless(this ILogger log, int minor, string reason);

    [LoggerMessage(10, LogLevel.Warning, "minor {Minor}: does not go on with domain {DomId} device {DevId}: {Reason}")]
    internal static partial void NotTakenOver(this ILogger log, int minor, uint domId, uint devId, string reason);

    [LoggerMessage(11, LogLevel.Information,
        "minor {Minor}: domain {DomId} device {DevId} ring {Ring}: the guest's pages do not stay mapped, but are copied: {Reason}")]
    internal static partial void NotKept(this ILogger log, int minor, uint domId, uint devId, int ring, string reason);

    [LoggerMessage(12, LogLevel.Warning, "minor {Minor}: {Reason} Nobody serves that ring any more; the file is to be removed by hand")]
    internal static partial void ShadowStays(this ILogger log, int minor, string reason);

    [LoggerMessage(9, LogLevel.Error, "minor {Minor}: domain {DomId} device {DevId} ring {Ring} is halted after an internal error")]
    internal static partial void InternalError(this ILogger log, Exception exception, int minor, uint domId, uint devId, int ring);
}
