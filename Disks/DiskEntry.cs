using Tapvisor.Messages;

namespace Tapvisor.Disks;

/// <summary>
/// One attached disk: what outlives its actors. The supervisor makes and disposes it; the disk's TapdiskActor alone changes the record.
/// </summary>
public sealed class DiskEntry(DiskRecord record, IDiskHost host, IDisposable marker) : IAsyncDisposable
{
    /// <summary>The minor.</summary>
    public int Minor => Record.Minor;

    /// <summary>What the disk is.</summary>
    public DiskRecord Record { get; set; } = record;

    /// <summary>Its data plane.</summary>
    public IDiskHost Host { get; } = host;

    /// <summary>
    /// The image's key, from its OPEN to its CLOSE, in memory alone; setting it erases the former one. Belongs to the disk's TapdiskActor.
    /// </summary>
    public EncryptionKey? Key
    {
        get;
        set
        {
            field?.Dispose();
            field = value;
        }
    }

    /// <summary>As LIST reports it.</summary>
    public VbdState State { get; set; }

    /// <summary>
    /// Restarting did not help: requests are answered with errors until somebody closes, or pauses and resumes, the disk.
    /// </summary>
    public bool GivenUp { get; set; }

    /// <summary>The service ends, and the disk is closed.</summary>
    public bool HasEnded { get; internal set; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Key = null;
        marker.Dispose();
    }
}
