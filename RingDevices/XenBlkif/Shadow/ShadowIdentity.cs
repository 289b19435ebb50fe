using System.Buffers.Binary;
using Tapvisor.Messages.Blkif;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>Which ring a shadow belongs to. A guest that connects anew has other grants or another port, and so another identity.</summary>
/// <param name="Frontend">The guest's device.</param>
/// <param name="Queue">Which of its rings.</param>
internal readonly record struct ShadowIdentity(BlkifFrontend Frontend, int Queue)
{
    /// <summary>Bytes of <see cref="Write"/>.</summary>
    internal const int Size = 192;

    /// <summary>Bytes of it that tell one ring from another; the rest is how the guest wants it served.</summary>
    internal const int ComparedSize = 128;

    private const ulong Magic = 0x314B464C42565054;

    // Words behind the magic number.
    private const int FirstWord = sizeof(ulong);
    private const int FixedWords = 6;
    private const int SettingsAt = ComparedSize;

    /// <summary>Writes it in the form that is compared.</summary>
    internal void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BlkifRing ring = Frontend.Rings[Queue];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        WriteWords(
            bytes[FirstWord..],
            [Frontend.DomId, Frontend.DevId, (uint)Queue, Frontend.Protocol, ring.Port, (uint)ring.References.Count, .. ring.References]);
        WriteWords(
            bytes[SettingsAt..],
            [
                (uint)Frontend.Rings.Count,
                Frontend.IsReadOnly ? 1u : 0u,
                Frontend.PollDuration,
                Frontend.PollIdleThreshold,
                Frontend.KeepsGrants ? 1u : 0u,
            ]);
    }

    /// <summary>Understands what <see cref="Write"/> wrote, as a device that has this one ring.</summary>
    /// <param name="bytes">The start of a shadow.</param>
    /// <param name="identity">Whose it is.</param>
    /// <param name="rings">How many rings the device has.</param>
    /// <returns>False if it is no shadow.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ShadowIdentity identity, out int rings)
    {
        identity = default;
        rings = 0;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
            return false;
        uint pages = Word(bytes, FirstWord, 5);
        if (pages is 0 or > 1 << BlkifLimits.MaxRingPageOrder)
            return false;
        var references = new uint[pages];
        for (int i = 0; i < references.Length; i++)
            references[i] = Word(bytes, FirstWord, FixedWords + i);
        var frontend = new BlkifFrontend(
            Word(bytes, FirstWord, 0),
            Word(bytes, FirstWord, 1),
            Word(bytes, FirstWord, 3),
            [new BlkifRing(references, Word(bytes, FirstWord, 4))],
            Word(bytes, SettingsAt, 1) != 0,
            Word(bytes, SettingsAt, 2),
            Word(bytes, SettingsAt, 3),
            Word(bytes, SettingsAt, 4) != 0);
        identity = new ShadowIdentity(frontend, (int)Word(bytes, FirstWord, 2));
        rings = (int)Word(bytes, SettingsAt, 0);
        return true;
    }

    /// <summary>The name of its file.</summary>
    public override string ToString() => $"vbd-{Frontend.DomId}-{Frontend.DevId}-{Queue}";

    private static void WriteWords(Span<byte> bytes, ReadOnlySpan<uint> words)
    {
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(uint))..], words[i]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int start, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(start + (index * sizeof(uint)))..]);
}
