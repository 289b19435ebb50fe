namespace Tapvisor.BlockIo.Buffers;

/// <summary>
/// An engine's I/O memory, page-aligned. Engine's thread only.
/// </summary>
public abstract class BufferPool
{
    /// <summary>Rents a buffer of at least <paramref name="length"/> bytes, cut to that length, if the quota allows.</summary>
    /// <returns>False when the quota is used up; the caller stalls until it has returned something.</returns>
    public abstract bool TryRent(int length, BufferQuota quota, out IoBuffer buffer);

    /// <summary>
    /// As <see cref="TryRent"/>, but beyond the quota if need be: for the one buffer that each connection is always granted, and for the
    /// bounce buffers of drivers, both of which are bounded in number by other limits.
    /// </summary>
    public abstract IoBuffer Rent(int length, BufferQuota quota);

    /// <summary>Gives a buffer back, as it was rented (not a slice), with the quota it was rented under.</summary>
    public abstract void Return(IoBuffer buffer, BufferQuota quota);
}
