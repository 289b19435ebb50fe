using System.Buffers.Binary;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>One reply to a request.</summary>
/// <param name="Cookie">Of the request.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Chunk">Type of the chunk; null for a simple reply.</param>
/// <param name="Data">What was read, the raw block status, or the error's message.</param>
internal sealed record NbdAnswer(ulong Cookie, NbdError Error, NbdReplyType? Chunk, byte[] Data)
{
    /// <summary>The stream ended instead.</summary>
    internal static NbdAnswer End { get; } = new(ulong.MaxValue, NbdError.NBD_ESHUTDOWN, null, []);

    /// <summary>Extents of a block status.</summary>
    internal IEnumerable<(uint Length, uint State)> Extents
    {
        get
        {
            for (int at = 4; at < Data.Length; at += 8)
            {
                yield return (
                    BinaryPrimitives.ReadUInt32BigEndian(Data.AsSpan(at)),
                    BinaryPrimitives.ReadUInt32BigEndian(Data.AsSpan(at + 4)));
            }
        }
    }
}
