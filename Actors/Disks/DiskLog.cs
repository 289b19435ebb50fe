using Microsoft.Extensions.Logging;

namespace Tapvisor.Actors.Disks;

/// <summary>What a disk's data plane logs outside its ring device.</summary>
internal static partial class DiskLog
{
    [LoggerMessage(1, LogLevel.Warning, "minor {Minor}: clients of the former service cannot find the disk at {Alias}: {Reason}")]
    internal static partial void AliasFailed(this ILogger log, int minor, string alias, string reason);
}
