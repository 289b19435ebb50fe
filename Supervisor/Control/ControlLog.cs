using Microsoft.Extensions.Logging;
using Tapvisor.Messages;

namespace Tapvisor.Supervisor.Control;

/// <summary>What the control socket logs.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(1, LogLevel.Information, "control socket {Path} is open")]
    internal static partial void Listening(this ILogger log, string path);

    [LoggerMessage(2, LogLevel.Debug, "{Type} for minor {Minor}")]
    internal static partial void Request(this ILogger log, TapdiskMessageType type, int minor);

    [LoggerMessage(3, LogLevel.Information, "{Type} for minor {Minor} failed with {Errno}: {Reason}")]
    internal static partial void Failed(this ILogger log, TapdiskMessageType type, int minor, int errno, string reason);

    [LoggerMessage(4, LogLevel.Warning, "a control connection was refused: {Who} is neither root nor of the control group")]
    internal static partial void Denied(this ILogger log, string who);

    [LoggerMessage(5, LogLevel.Information, "a control connection was closed: {Reason}")]
    internal static partial void Dropped(this ILogger log, string reason);

    [LoggerMessage(6, LogLevel.Information, "removed {Path}, left behind by a dead process")]
    internal static partial void RemovedStale(this ILogger log, string path);

    [LoggerMessage(7, LogLevel.Error, "the control socket cannot accept connections")]
    internal static partial void AcceptFailed(this ILogger log, Exception cause);

    [LoggerMessage(8, LogLevel.Error, "a control connection failed")]
    internal static partial void SessionFailed(this ILogger log, Exception cause);
}
