namespace Tapvisor.Metrics;

/// <summary>What a disk has been through since it was attached; written by its actors, read by anybody.</summary>
public sealed class DiskHistory
{
    private int _imageRestarts;
    private int _tapdiskRestarts;
    private volatile string? _lastReason;

    /// <summary>Times the image driver was restarted.</summary>
    public int ImageRestarts => Volatile.Read(ref _imageRestarts);

    /// <summary>Times the whole tapdisk was restarted.</summary>
    public int TapdiskRestarts => Volatile.Read(ref _tapdiskRestarts);

    /// <summary>Why, the last time; null if never.</summary>
    public string? LastReason => _lastReason;

    /// <summary>The image driver starts again.</summary>
    public void ImageRestarted(string reason)
    {
        _lastReason = reason;
        Interlocked.Increment(ref _imageRestarts);
    }

    /// <summary>The whole tapdisk starts again.</summary>
    public void TapdiskRestarted(string reason)
    {
        _lastReason = reason;
        Interlocked.Increment(ref _tapdiskRestarts);
    }
}
