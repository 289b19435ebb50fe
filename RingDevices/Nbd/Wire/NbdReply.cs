using System.Buffers.Binary;
using System.Text;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Writes the headers of replies; each method returns the bytes written.</summary>
internal static class NbdReply
{
    /// <summary>Most bytes that any header here takes; error messages are cut to fit.</summary>
    internal const int MaxHeaderSize = 256;

    /// <summary>Bytes of one extent of a block status.</summary>
    internal const int ExtentSize = 8;

    internal static int WriteSimple(Span<byte> wire, ulong cookie, NbdError error)
    {
        BinaryPrimitives.WriteUInt32BigEndian(wire, NbdMagic.NBD_SIMPLE_REPLY_MAGIC);
        BinaryPrimitives.WriteUInt32BigEndian(wire[4..], (uint)error);
        BinaryPrimitives.WriteUInt64BigEndian(wire[8..], cookie);
        return NbdMagic.SimpleReplySize;
    }

    /// <summary>The head of a single chunk with all the data of a read.</summary>
    internal static int WriteOffsetData(Span<byte> wire, ulong cookie, ulong offset, uint length)
    {
        WriteChunk(wire, NbdReplyType.NBD_REPLY_TYPE_OFFSET_DATA, cookie, sizeof(ulong) + length);
        BinaryPrimitives.WriteUInt64BigEndian(wire[NbdMagic.ChunkHeaderSize..], offset);
        return NbdMagic.ChunkHeaderSize + sizeof(ulong);
    }

    /// <summary>The head of a block status of one context with <paramref name="extents"/> extents behind it.</summary>
    internal static int WriteBlockStatus(Span<byte> wire, ulong cookie, int extents)
    {
        WriteChunk(wire, NbdReplyType.NBD_REPLY_TYPE_BLOCK_STATUS, cookie, (uint)(sizeof(uint) + extents * ExtentSize));
        BinaryPrimitives.WriteUInt32BigEndian(wire[NbdMagic.ChunkHeaderSize..], NbdMagic.BaseAllocationId);
        return NbdMagic.ChunkHeaderSize + sizeof(uint);
    }

    /// <summary>One extent: its length in bytes and NBD_STATE_* flags.</summary>
    internal static void WriteExtent(Span<byte> wire, uint length, uint state)
    {
        BinaryPrimitives.WriteUInt32BigEndian(wire, length);
        BinaryPrimitives.WriteUInt32BigEndian(wire[4..], state);
    }

    /// <summary>A whole chunk that ends a reply with an error and a sentence for humans (ASCII).</summary>
    internal static int WriteError(Span<byte> wire, ulong cookie, NbdError error, string message)
    {
        const int head = NbdMagic.ChunkHeaderSize + sizeof(uint) + sizeof(ushort);
        int length = Encoding.ASCII.GetBytes(message.AsSpan(0, Math.Min(message.Length, MaxHeaderSize - head)), wire[head..]);
        WriteChunk(wire, NbdReplyType.NBD_REPLY_TYPE_ERROR, cookie, (uint)(sizeof(uint) + sizeof(ushort) + length));
        BinaryPrimitives.WriteUInt32BigEndian(wire[NbdMagic.ChunkHeaderSize..], (uint)error);
        BinaryPrimitives.WriteUInt16BigEndian(wire[(NbdMagic.ChunkHeaderSize + sizeof(uint))..], (ushort)length);
        return head + length;
    }

    private static void WriteChunk(Span<byte> wire, NbdReplyType type, ulong cookie, uint length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(wire, NbdMagic.NBD_STRUCTURED_REPLY_MAGIC);
        BinaryPrimitives.WriteUInt16BigEndian(wire[4..], (ushort)NbdReplyFlags.NBD_REPLY_FLAG_DONE);
        BinaryPrimitives.WriteUInt16BigEndian(wire[6..], (ushort)type);
        BinaryPrimitives.WriteUInt64BigEndian(wire[8..], cookie);
        BinaryPrimitives.WriteUInt32BigEndian(wire[16..], length);
    }
}
