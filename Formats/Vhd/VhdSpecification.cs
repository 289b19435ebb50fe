using Tapvisor.Formats.Crypto;

namespace Tapvisor.Formats.Vhd;

/// <summary>What a new dynamic or differencing disk is to be.</summary>
/// <param name="VirtualSize">Bytes.</param>
/// <param name="Uuid">Its identity.</param>
/// <param name="Timestamp">When it is created.</param>
public sealed record VhdSpecification(ulong VirtualSize, Guid Uuid, uint Timestamp)
{
    /// <summary>Bytes for which there is to be metadata, so that the disk can grow to it fast; 0 for just its size.</summary>
    public ulong MetadataSize { get; init; }

    /// <summary>What a differencing disk is based on.</summary>
    public ParentLink? Parent { get; init; }

    /// <summary>The key's hash, when the disk is to be encrypted.</summary>
    public KeyHash? KeyHash { get; init; }
}
