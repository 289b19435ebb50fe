namespace Tapvisor.Messages.Blkif;

/// <summary>One queue of a guest's block frontend.</summary>
/// <param name="References">Grants of the ring's pages, a power of two of them, in order.</param>
/// <param name="Port">The guest's event channel.</param>
public sealed record BlkifRing(IReadOnlyList<uint> References, uint Port);
