using Microsoft.Extensions.Logging;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>What the NBD service says.</summary>
internal static partial class NbdLog
{
    [LoggerMessage(1, LogLevel.Information, "minor {Minor}: NBD at {Path}")]
    internal static partial void Started(ILogger logger, int minor, string path);

    [LoggerMessage(2, LogLevel.Information, "minor {Minor}: NBD stopped")]
    internal static partial void Stopped(ILogger logger, int minor);

    [LoggerMessage(3, LogLevel.Debug, "minor {Minor}, NBD connection {Connection}: {Entrance}")]
    internal static partial void Connected(ILogger logger, int minor, int connection, NbdEntrance entrance);

    [LoggerMessage(4, LogLevel.Debug, "minor {Minor}, NBD connection {Connection}: closed")]
    internal static partial void Closed(ILogger logger, int minor, int connection);

    [LoggerMessage(5, LogLevel.Warning, "minor {Minor}, NBD connection {Connection} is closed: {Reason}")]
    internal static partial void ProtocolError(ILogger logger, int minor, int connection, string reason);

    [LoggerMessage(6, LogLevel.Warning,
        "minor {Minor}, NBD connection {Connection}: {Command} of {Length} bytes at {Offset} with flags {Flags} is refused. {Reason}")]
    internal static partial void Refused(
        ILogger logger, int minor, int connection, NbdCommand command, uint length, ulong offset, NbdCommandFlags flags, string reason);

    [LoggerMessage(7, LogLevel.Warning, "minor {Minor}: an NBD connection is refused, {Limit} are open; no further line until fewer are")]
    internal static partial void TooManyConnections(ILogger logger, int minor, int limit);

    [LoggerMessage(8, LogLevel.Warning, "minor {Minor}: {Path} received no descriptor (errno {Errno})")]
    internal static partial void NoDescriptor(ILogger logger, int minor, string path, int errno);

    [LoggerMessage(9, LogLevel.Warning, "minor {Minor}: {Count} more complaints about NBD clients were not logged")]
    internal static partial void ComplaintsSuppressed(ILogger logger, int minor, int count);

    [LoggerMessage(10, LogLevel.Error, "minor {Minor}, NBD connection {Connection} is closed after an internal error")]
    internal static partial void InternalError(ILogger logger, Exception exception, int minor, int connection);

    [LoggerMessage(11, LogLevel.Warning,
        "minor {Minor}: {Count} NBD connections did not take their last answers within {Seconds} s and are cut off")]
    internal static partial void CutOff(ILogger logger, int minor, int count, double seconds);

    [LoggerMessage(12, LogLevel.Warning, "minor {Minor}: clients of the former service cannot find the disk at {Alias}: {Reason}")]
    internal static partial void AliasFailed(ILogger log, int minor, string alias, string reason);
}
