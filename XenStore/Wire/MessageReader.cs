using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tapvisor.Native;

namespace Tapvisor.XenStore.Wire;

/// <summary>Finds the messages in a stream of bytes, however they were cut.</summary>
internal sealed class MessageReader
{
    private readonly byte[] _buffer = new byte[2 * (XenStoreLimits.Header + XenStoreLimits.Payload)];
    private int _start;
    private int _end;

    /// <summary>Where the next bytes of the stream go; never empty after <see cref="TryRead"/> said no.</summary>
    internal Memory<byte> Free
    {
        get
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            return _buffer.AsMemory(_end);
        }
    }

    /// <summary>Bytes of a message that has not ended.</summary>
    internal int Pending => _end - _start;

    /// <summary>So many bytes have arrived in <see cref="Free"/>.</summary>
    internal void Advance(int count) => _end += count;

    /// <exception cref="XenStoreException">E2BIG: what follows cannot be a message of this protocol.</exception>
    internal bool TryRead([MaybeNullWhen(false)] out XenStoreMessage message)
    {
        message = null;
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
        if (bytes.Length < XenStoreLimits.Header)
            return false;
        ReadOnlySpan<uint> header = MemoryMarshal.Cast<byte, uint>(bytes[..XenStoreLimits.Header]);
        if (header[3] > XenStoreLimits.Payload)
        {
            string reason = $"a message has a payload of {header[3]} bytes; at most {XenStoreLimits.Payload} are allowed";
            throw new XenStoreException(Errno.E2BIG, ((XenStoreMessageType)header[0]).ToString(), "", reason);
        }
        int length = (int)header[3];
        if (bytes.Length < XenStoreLimits.Header + length)
            return false;
        byte[] payload = bytes.Slice(XenStoreLimits.Header, length).ToArray();
        message = new XenStoreMessage((XenStoreMessageType)header[0], header[1], header[2], payload);
        _start += XenStoreLimits.Header + length;
        return true;
    }
}
