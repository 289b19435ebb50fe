using Microsoft.Extensions.Logging;
using Tapvisor.Disks.Requests;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>What all connections of one disk share.</summary>
internal sealed class NbdDisk(RequestQueue queue, int minor, NbdOptions options, ILogger logger)
{
    internal RequestQueue Queue { get; } = queue;

    internal int Minor { get; } = minor;

    internal NbdOptions Options { get; } = options;

    internal ILogger Logger { get; } = logger;

    internal NbdBufferLine Buffers { get; } = new(queue.Engine.Buffers, queue.Quota);

    internal NbdComplaints Complaints { get; } = new(queue.Engine, minor, logger);

    /// <summary>The disk as a connection that begins now may rely on it.</summary>
    internal NbdExport Export => NbdExport.Of(Queue, Minor);
}
