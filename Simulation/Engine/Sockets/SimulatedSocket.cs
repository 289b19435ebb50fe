using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Simulation.Engine.Sockets;

/// <summary>One end of a connection within the machine. What is sent arrives in pieces whose sizes follow from the seed.</summary>
internal sealed class SimulatedSocket(SimulatedEngine engine, IoScope scope, SimulatedStream incoming, SimulatedStream outgoing)
    : IoSocket(scope)
{
    private readonly SimulatedActivity _activity = new(engine, scope);
    private bool _closed;

    /// <summary>Whose end it is.</summary>
    internal SimulatedEngine Engine => engine;

    private int Refusal => _closed ? -Errno.EBADF : Scope.IsRevoked ? -Errno.ECANCELED : 0;

    /// <inheritdoc />
    public override async IoTask<int> ReceiveAsync(IoBuffer buffer, bool all = false)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        _activity.Enter();
        int received = 0;
        int result = await engine.PerformAsync(Scope, default);
        while (result >= 0 && received < buffer.Length && (all || received == 0))
        {
            if (incoming.Count > 0)
            {
                int piece = Piece(Math.Min(incoming.Count, buffer.Length - received));
                incoming.Take(buffer.Span.Slice(received, piece));
                received += piece;
            }
            else if (incoming.IsReset)
            {
                result = -Errno.ECONNRESET;
            }
            else if (incoming.IsEnded || incoming.IsBroken)
            {
                break;
            }
            else
            {
                result = await WaitForBytesAsync();
            }
        }
        _activity.Leave();
        return received > 0 ? received : result;
    }

    /// <inheritdoc />
    public override async IoTask<int> SendAsync(IoVectorList parts)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        _activity.Enter();
        int sent = 0;
        int result = await engine.PerformAsync(Scope, default);
        for (int part = 0; part < parts.Count && result >= 0; part++)
        {
            IoBuffer rest = parts[part];
            while (rest.Length > 0 && result >= 0)
            {
                if (outgoing.IsBroken || outgoing.IsEnded)
                {
                    result = -Errno.EPIPE;
                }
                else if (outgoing.Room > 0)
                {
                    int piece = Piece(Math.Min(outgoing.Room, rest.Length));
                    outgoing.Put(rest.Span[..piece]);
                    rest = rest.Slice(piece);
                    sent += piece;
                    if (engine.Machine.Chance(4))
                        result = await engine.PerformAsync(Scope, default);
                }
                else
                {
                    result = await WaitForRoomAsync();
                }
            }
        }
        _activity.Leave();
        return result < 0 ? result : sent;
    }

    /// <inheritdoc />
    /// <returns>−EOPNOTSUPP: a simulated machine has no descriptors.</returns>
    public override IoTask<int> ReceiveDescriptorAsync(IoBuffer buffer) => new(-Errno.EOPNOTSUPP);

    /// <inheritdoc />
    public override void Shutdown()
    {
        outgoing.End();
        incoming.Break();
    }

    /// <inheritdoc />
    public override async IoTask<int> CloseAsync()
    {
        if (_closed)
            return 0;
        _closed = true;
        Vanish();
        await _activity.DrainAsync();
        engine.Machine.Sockets.Forget(this);
        return 0;
    }

    /// <summary>Its end disappears: the peer reads the end of the stream, or ECONNRESET if it had sent what nobody read.</summary>
    internal void Vanish()
    {
        bool unread = incoming.Count > 0;
        Shutdown();
        if (unread)
            outgoing.Reset();
    }

    private async IoTask<int> WaitForBytesAsync()
    {
        if (Scope.IsRevoked)
            return -Errno.ECANCELED;
        incoming.Receiver = engine.Park(Scope);
        int result = await new IoTask<int>(incoming.Receiver);
        incoming.Receiver = null;
        return result;
    }

    private async IoTask<int> WaitForRoomAsync()
    {
        if (Scope.IsRevoked)
            return -Errno.ECANCELED;
        outgoing.Sender = engine.Park(Scope);
        int result = await new IoTask<int>(outgoing.Sender);
        outgoing.Sender = null;
        return result;
    }

    // Mostly what there is; now and then one byte, or any number.
    private int Piece(int available) => engine.Machine.Random.Next(8) switch
    {
        0 => 1,
        1 or 2 => engine.Machine.Random.Next(1, available + 1),
        _ => available,
    };
}
