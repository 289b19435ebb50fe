using System.Buffers.Binary;

namespace Tapvisor.Messages.Nbd;

/// <summary>The fixed part of a request, as the client sent it: nothing in it has been checked but the magic.</summary>
/// <param name="Flags">16 bits.</param>
/// <param name="Command">16 bits; perhaps none that exists.</param>
/// <param name="Cookie">The client's name for it, sent back as it is.</param>
/// <param name="Offset">Bytes.</param>
/// <param name="Length">Bytes; for a write those that follow.</param>
public readonly record struct NbdRequest(NbdCommandFlags Flags, NbdCommand Command, ulong Cookie, ulong Offset, uint Length)
{
    /// <summary>True if it carries <paramref name="flag"/>. (Enum.HasFlag allocates until its caller is optimised.)</summary>
    public bool Has(NbdCommandFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads the first <see cref="NbdMagic.RequestSize"/> bytes of <paramref name="wire"/>.</summary>
    /// <returns>False when the magic is wrong: the stream is out of step and must be closed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> wire, out NbdRequest request)
    {
        ReadOnlySpan<byte> header = wire[..NbdMagic.RequestSize];
        request = new NbdRequest(
            (NbdCommandFlags)BinaryPrimitives.ReadUInt16BigEndian(header[4..]),
            (NbdCommand)BinaryPrimitives.ReadUInt16BigEndian(header[6..]),
            BinaryPrimitives.ReadUInt64BigEndian(header[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(header[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(header[24..]));
        return BinaryPrimitives.ReadUInt32BigEndian(header) == NbdMagic.NBD_REQUEST_MAGIC;
    }

    /// <summary>Writes it as a client would.</summary>
    public void Write(Span<byte> wire)
    {
        BinaryPrimitives.WriteUInt32BigEndian(wire, NbdMagic.NBD_REQUEST_MAGIC);
        BinaryPrimitives.WriteUInt16BigEndian(wire[4..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16BigEndian(wire[6..], (ushort)Command);
        BinaryPrimitives.WriteUInt64BigEndian(wire[8..], Cookie);
        BinaryPrimitives.WriteUInt64BigEndian(wire[16..], Offset);
        BinaryPrimitives.WriteUInt32BigEndian(wire[24..], Length);
    }
}
