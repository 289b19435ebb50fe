namespace Tapvisor.Simulation.Engine.Sockets;

/// <summary>One direction of a connection: bytes on their way, and who waits for them or for room.</summary>
internal sealed class SimulatedStream
{
    /// <summary>What Linux buffers by default (net.core.wmem_default).</summary>
    internal const int Capacity = 212_992;

    private readonly byte[] _ring = new byte[Capacity];
    private int _head;

    /// <summary>Bytes on their way.</summary>
    internal int Count { get; private set; }

    /// <summary>Nobody sends any more: what is on its way is the last.</summary>
    internal bool IsEnded { get; set; }

    /// <summary>Nobody receives any more.</summary>
    internal bool IsBroken { get; set; }

    /// <summary>The receiver's end: what was on its way is lost (ECONNRESET).</summary>
    internal bool IsReset { get; set; }

    /// <summary>Waits for bytes or for the end.</summary>
    internal SimulatedWait? Receiver { get; set; }

    /// <summary>Waits for room or for the end.</summary>
    internal SimulatedWait? Sender { get; set; }

    internal int Room => Capacity - Count;

    internal void Put(ReadOnlySpan<byte> data)
    {
        int tail = (_head + Count) % Capacity;
        int straight = Math.Min(data.Length, Capacity - tail);
        data[..straight].CopyTo(_ring.AsSpan(tail));
        data[straight..].CopyTo(_ring);
        Count += data.Length;
        WakeReceiver();
    }

    internal void Take(Span<byte> into)
    {
        int straight = Math.Min(into.Length, Capacity - _head);
        _ring.AsSpan(_head, straight).CopyTo(into);
        _ring.AsSpan(0, into.Length - straight).CopyTo(into[straight..]);
        _head = (_head + into.Length) % Capacity;
        Count -= into.Length;
        WakeSender();
    }

    /// <summary>No more is sent.</summary>
    internal void End()
    {
        IsEnded = true;
        WakeReceiver();
        WakeSender();
    }

    /// <summary>No more is received.</summary>
    internal void Break()
    {
        IsBroken = true;
        WakeReceiver();
        WakeSender();
    }

    internal void Reset()
    {
        IsReset = true;
        Count = 0;
        End();
    }

    private void WakeReceiver()
    {
        if (Receiver is not { } wait)
            return;
        Receiver = null;
        wait.Engine.Wake(wait, 0);
    }

    private void WakeSender()
    {
        if (Sender is not { } wait)
            return;
        Sender = null;
        wait.Engine.Wake(wait, 0);
    }
}
