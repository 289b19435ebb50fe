namespace Tapvisor.Messages.Blkif;

/// <summary>What a guest's block frontend offered: validated in form, trusted in nothing (public header io/blkif.h).</summary>
/// <param name="DomId">The guest.</param>
/// <param name="DevId">The guest's device.</param>
/// <param name="Protocol">1 native, 2 x86_32, 3 x86_64.</param>
/// <param name="Rings">One for each queue.</param>
/// <param name="IsReadOnly">The toolstack gave the guest the right to read alone, whatever the image allows.</param>
/// <param name="PollDuration">Microseconds of polling after an event; 0 for none.</param>
/// <param name="PollIdleThreshold">Percent of idle CPU from which polling is allowed.</param>
/// <param name="KeepsGrants">
/// feature-persistent: it uses the same granted pages again and again, and knows that the backend may leave them mapped.
/// </param>
public sealed record BlkifFrontend(
    uint DomId,
    uint DevId,
    uint Protocol,
    IReadOnlyList<BlkifRing> Rings,
    bool IsReadOnly,
    uint PollDuration,
    uint PollIdleThreshold,
    bool KeepsGrants)
{
    /// <summary>Whether it offers these very rings.</summary>
    public bool HasRings(uint protocol, IReadOnlyList<BlkifRing> rings)
    {
        ArgumentNullException.ThrowIfNull(rings);
        return protocol == Protocol && rings.Count == Rings.Count
            && rings.Zip(Rings).All(
                pair => pair.First.Port == pair.Second.Port && pair.First.References.SequenceEqual(pair.Second.References));
    }
}
