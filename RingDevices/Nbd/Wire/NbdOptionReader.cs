using System.Buffers.Binary;

namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Takes an option's data apart without ever reading beyond it; a field that does not fit makes the whole data invalid.</summary>
/// <param name="data">What followed the option's header.</param>
internal ref struct NbdOptionReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>Everything was read and nothing was missing.</summary>
    internal readonly bool IsExhausted => _rest.IsEmpty;

    internal bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
            return false;
        _rest = _rest[sizeof(ushort)..];
        return true;
    }

    internal bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
            return false;
        _rest = _rest[sizeof(uint)..];
        return true;
    }

    /// <summary>A string behind its 32-bit length.</summary>
    internal bool TryReadString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryReadUInt32(out uint length) || length > (uint)_rest.Length)
            return false;
        text = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}
