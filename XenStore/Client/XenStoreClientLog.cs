using Microsoft.Extensions.Logging;

namespace Tapvisor.XenStore.Client;

/// <summary>What a client logs.</summary>
internal static partial class XenStoreClientLog
{
    [LoggerMessage(1, LogLevel.Warning, "the connection to the XenStore at {Path} is lost: {Reason}; it is opened again")]
    internal static partial void ConnectionLost(this ILogger log, string path, string reason);

    [LoggerMessage(2, LogLevel.Information, "connected to the XenStore at {Path} again, {Count} watches set again")]
    internal static partial void ConnectedAgain(this ILogger log, string path, int count);

    [LoggerMessage(3, LogLevel.Debug, "the XenStore at {Path} is not back yet: {Reason}")]
    internal static partial void NotBackYet(this ILogger log, string path, string reason);
}
