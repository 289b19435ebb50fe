using System.Numerics;
using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Buffers;

namespace Tapvisor.Simulation.Engine;

/// <summary>
/// A pool that distrusts its users: guard bytes around every buffer, poison in what is not rented (and so in what is freshly rented),
/// and an exception, at the latest when the buffer is rented again, for writing outside a buffer or after its return.
/// </summary>
internal sealed unsafe class SimulatedBufferPool : BufferPool, IDisposable
{
    /// <summary>Buffers start on page boundaries, as O_DIRECT likes.</summary>
    internal const int Page = 4096;

    private const byte Poison = 0xDB;
    private const byte Guard = 0xA5;

    private readonly Dictionary<nint, Rental> _rented = [];
    private readonly Stack<nint>[] _free = [.. Enumerable.Range(0, 32).Select(_ => new Stack<nint>())];
    private readonly List<nint> _all = [];

    /// <summary>Buffers out.</summary>
    internal int Rented => _rented.Count;

    /// <inheritdoc />
    public override bool TryRent(int length, BufferQuota quota, out IoBuffer buffer)
    {
        if (quota.InUse + SizeOf(length) > quota.Limit)
        {
            buffer = default;
            return false;
        }
        buffer = Rent(length, quota);
        return true;
    }

    /// <inheritdoc />
    public override IoBuffer Rent(int length, BufferQuota quota)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        int size = SizeOf(length);
        if (_free[BitOperations.Log2((uint)size)].TryPop(out nint address))
            Check(new Span<byte>((void*)address, size), Poison, address, "was written to after its return");
        else
            address = Allocate(size);

        // The guard begins right behind what was asked for.
        new Span<byte>((void*)(address + length), size - length).Fill(Guard);
        _rented.Add(address, new Rental(length, size, quota));
        quota.InUse += size;
        return new IoBuffer(address, length);
    }

    /// <inheritdoc />
    public override void Return(IoBuffer buffer, BufferQuota quota)
    {
        if (!_rented.Remove(buffer.Address, out Rental rental))
            throw new InvalidOperationException($"The buffer at {buffer.Address:x} was returned twice, or never rented.");
        if (rental.Length != buffer.Length)
            throw new InvalidOperationException($"A buffer of {rental.Length} bytes was returned as one of {buffer.Length}.");
        if (rental.Quota != quota)
            throw new InvalidOperationException($"The buffer at {buffer.Address:x} was returned under another quota than its own.");
        nint end = buffer.Address + buffer.Length;
        int tail = rental.Size - rental.Length + Page;
        Check(new Span<byte>((void*)end, tail), Guard, end, "was overrun");
        Check(new Span<byte>((void*)(buffer.Address - Page), Page), Guard, buffer.Address - Page, "was underrun");
        new Span<byte>((void*)buffer.Address, rental.Size).Fill(Poison);
        _free[BitOperations.Log2((uint)rental.Size)].Push(buffer.Address);
        quota.InUse -= rental.Size;
    }

    /// <summary>Throws unless every buffer has come back.</summary>
    internal void AssertNothingLeaked()
    {
        if (_rented.Count > 0)
        {
            throw new InvalidOperationException(
                $"{_rented.Count} buffers were not returned, of lengths {string.Join(", ", _rented.Values.Select(r => r.Length))}.");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (nint memory in _all)
            NativeMemory.AlignedFree((void*)memory);
        _all.Clear();
    }

    private static int SizeOf(int length) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Page));

    private static void Check(Span<byte> bytes, byte expected, nint address, string what)
    {
        int wrong = bytes.IndexOfAnyExcept(expected);
        if (wrong < 0)
            return;
        throw new InvalidOperationException($"The memory at {address + wrong:x} {what}: {bytes[wrong]:x2} in place of {expected:x2}.");
    }

    private nint Allocate(int size)
    {
        int whole = size + (2 * Page);
        var memory = (nint)NativeMemory.AlignedAlloc((nuint)whole, Page);
        _all.Add(memory);
        new Span<byte>((void*)memory, whole).Fill(Guard);
        nint address = memory + Page;
        new Span<byte>((void*)address, size).Fill(Poison);
        return address;
    }

    private readonly record struct Rental(int Length, int Size, BufferQuota Quota);
}
