namespace Tapvisor.BlockIo.Buffers;

/// <summary>A piece of unmanaged memory for I/O. A plain address: whoever rented it owns it until it goes back.</summary>
/// <param name="Address">First byte.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct IoBuffer(nint Address, int Length)
{
    /// <summary>The bytes.</summary>
    public unsafe Span<byte> Span => new((void*)Address, Length);

    /// <summary>A part of it, checked against its bounds.</summary>
    public IoBuffer Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new IoBuffer(Address + start, length);
    }

    /// <summary>The part from <paramref name="start"/> to the end.</summary>
    public IoBuffer Slice(int start) => Slice(start, Length - start);
}
