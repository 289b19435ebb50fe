using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>One connection's share in a disk's buffers, and its place in the line for more.</summary>
internal sealed class NbdBufferHolder
{
    internal NbdBufferHolder() => Place = new LinkedListNode<NbdBufferHolder>(this);

    /// <summary>Buffers it has.</summary>
    internal int Held { get; set; }

    /// <summary>Bytes it waits for; valid while in line.</summary>
    internal int Wanted { get; set; }

    /// <summary>What it was given when its turn came.</summary>
    internal IoBuffer Granted { get; set; }

    internal IoGate Turn { get; } = new();

    internal LinkedListNode<NbdBufferHolder> Place { get; }
}
