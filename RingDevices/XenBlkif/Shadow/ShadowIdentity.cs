using System.Buffers.Binary;
using Tapvisor.Messages.Actors;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>Which ring a shadow belongs to. A guest that connects anew has other grants or another port, and so another identity.</summary>
/// <param name="Frontend">The guest's device.</param>
/// <param name="Queue">Which of its rings.</param>
internal readonly record struct ShadowIdentity(BlkifFrontend Frontend, int Queue)
{
    /// <summary>Bytes of <see cref="Write"/>, at most.</summary>
    internal const int Size = 128;

    private const ulong Magic = 0x314B464C42565054;

    /// <summary>Writes it in the form that is compared.</summary>
    internal void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BlkifRing ring = Frontend.Rings[Queue];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        ReadOnlySpan<uint> words =
            [Frontend.DomId, Frontend.DevId, (uint)Queue, Frontend.Protocol, (uint)ring.References.Count, ring.Port, .. ring.References];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(sizeof(ulong) + (i * sizeof(uint)))..], words[i]);
    }

    /// <summary>The name of its file.</summary>
    public override string ToString() => $"vbd-{Frontend.DomId}-{Frontend.DevId}-{Queue}";
}
