using System.Runtime.CompilerServices;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// The ring as it lies in the guest's pages, which the guest may change at any moment: nothing is read from it twice, and every index is
/// checked by whoever asks (public header io/ring.h).
/// </summary>
internal sealed unsafe class SharedRing(nint address, int pages, BlkifLayout layout)
{
    private readonly byte* _start = (byte*)address;

    /// <summary>Entries; a power of two.</summary>
    internal int Size { get; } = layout.Entries(pages);

    internal BlkifLayout Layout => layout;

    /// <summary>How far the guest has written requests. What is read afterwards is not older.</summary>
    internal uint RequestsProduced => Volatile.Read(ref Word(0));

    /// <summary>From which request on the guest is to notify us. No later read passes it.</summary>
    internal uint RequestEvent
    {
        get => Volatile.Read(ref Word(4));
        set
        {
            Volatile.Write(ref Word(4), value);
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>How far responses are written. What was written before is seen before.</summary>
    internal uint ResponsesProduced
    {
        get => Volatile.Read(ref Word(8));
        set => Volatile.Write(ref Word(8), value);
    }

    /// <summary>From which response on the guest wants to be notified.</summary>
    internal uint ResponseEvent => Volatile.Read(ref Word(12));

    /// <summary>Copies a request out, once.</summary>
    internal void CopyRequest(uint index, byte* to) => Unsafe.CopyBlockUnaligned(to, Entry(index), (uint)layout.EntrySize);

    /// <summary>Writes a response, its padding included: nothing of ours leaks to the guest (XSA-216).</summary>
    internal void WriteResponse(uint index, ulong id, byte operation, BlkifStatus status)
    {
        byte* response = stackalloc byte[16];
        new Span<byte>(response, 16).Clear();
        Unsafe.WriteUnaligned(response + BlkifLayout.ResponseId, id);
        response[BlkifLayout.ResponseOperation] = operation;
        Unsafe.WriteUnaligned(response + BlkifLayout.ResponseStatus, (short)status);
        Unsafe.CopyBlockUnaligned(Entry(index), response, (uint)layout.ResponseSize);
    }

    private byte* Entry(uint index) => _start + BlkifLayout.HeaderSize + ((index & (uint)(Size - 1)) * (uint)layout.EntrySize);

    private ref uint Word(int offset) => ref *(uint*)(_start + offset);
}
