using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>The log lines of this assembly.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Critical, "Unable to start AkkaHostedService - shutting down application")]
    public static partial void StartFailed(ILogger logger, Exception cause);
}
