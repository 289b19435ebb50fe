using System.Buffers.Binary;
using System.Text;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Writes the replies to one option, one behind the other.</summary>
/// <param name="wire">Where to; large enough for all that one option can be answered with.</param>
/// <param name="option">What is answered.</param>
internal ref struct NbdOptionWriter(Span<byte> wire, NbdOption option)
{
    private readonly Span<byte> _wire = wire;

    /// <summary>Bytes so far.</summary>
    internal int Length { get; private set; }

    internal void Acknowledge() => Begin(NbdOptionReply.NBD_REP_ACK, 0);

    /// <summary>An error with a sentence for humans (ASCII).</summary>
    internal void Refuse(NbdOptionReply error, string reason) => Encoding.ASCII.GetBytes(reason, Begin(error, reason.Length));

    /// <summary>NBD_REP_SERVER: a name that can be asked for.</summary>
    internal void Server(string name)
    {
        Span<byte> data = Begin(NbdOptionReply.NBD_REP_SERVER, sizeof(uint) + name.Length);
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)name.Length);
        Encoding.ASCII.GetBytes(name, data[sizeof(uint)..]);
    }

    /// <summary>NBD_INFO_EXPORT.</summary>
    internal void Export(long length, NbdTransmissionFlags flags)
    {
        Span<byte> data = Info(NbdInfo.NBD_INFO_EXPORT, sizeof(ulong) + sizeof(ushort));
        BinaryPrimitives.WriteUInt64BigEndian(data, (ulong)length);
        BinaryPrimitives.WriteUInt16BigEndian(data[sizeof(ulong)..], (ushort)flags);
    }

    /// <summary>NBD_INFO_BLOCK_SIZE, in bytes.</summary>
    internal void BlockSize(int minimum, int preferred, int maximum)
    {
        Span<byte> data = Info(NbdInfo.NBD_INFO_BLOCK_SIZE, 3 * sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)minimum);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)preferred);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], (uint)maximum);
    }

    /// <summary>NBD_INFO_NAME or NBD_INFO_DESCRIPTION.</summary>
    internal void Text(NbdInfo kind, string text) => Encoding.ASCII.GetBytes(text, Info(kind, text.Length));

    /// <summary>NBD_REP_META_CONTEXT.</summary>
    internal void MetaContext(uint id, string name)
    {
        Span<byte> data = Begin(NbdOptionReply.NBD_REP_META_CONTEXT, sizeof(uint) + name.Length);
        BinaryPrimitives.WriteUInt32BigEndian(data, id);
        Encoding.ASCII.GetBytes(name, data[sizeof(uint)..]);
    }

    private Span<byte> Info(NbdInfo kind, int length)
    {
        Span<byte> data = Begin(NbdOptionReply.NBD_REP_INFO, sizeof(ushort) + length);
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)kind);
        return data[sizeof(ushort)..];
    }

    private Span<byte> Begin(NbdOptionReply type, int length)
    {
        Span<byte> reply = _wire.Slice(Length, NbdMagic.OptionReplyHeaderSize + length);
        BinaryPrimitives.WriteUInt64BigEndian(reply, NbdMagic.NBD_OPTION_REPLY_MAGIC);
        BinaryPrimitives.WriteUInt32BigEndian(reply[8..], (uint)option);
        BinaryPrimitives.WriteUInt32BigEndian(reply[12..], (uint)type);
        BinaryPrimitives.WriteUInt32BigEndian(reply[16..], (uint)length);
        Length += reply.Length;
        return reply[NbdMagic.OptionReplyHeaderSize..];
    }
}
