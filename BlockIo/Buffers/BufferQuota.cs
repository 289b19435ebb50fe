namespace Tapvisor.BlockIo.Buffers;

/// <summary>How much of an engine's memory one disk may hold, so that no disk can starve another.</summary>
/// <param name="limit">Bytes.</param>
public sealed class BufferQuota(long limit)
{
    /// <summary>Bytes.</summary>
    public long Limit { get; } = limit;

    /// <summary>Bytes held now, rounded up to the buffers' real sizes.</summary>
    public long InUse { get; internal set; }
}
