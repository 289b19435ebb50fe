using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Simulation.Engine.Sockets;

/// <summary>A listening socket within the machine.</summary>
internal sealed class SimulatedListener(SimulatedEngine engine, IoScope scope, string path, int backlog) : IoListener(scope, path)
{
    private readonly Queue<(SimulatedStream Incoming, SimulatedStream Outgoing)> _arrived = new();
    private SimulatedWait? _acceptor;

    /// <summary>Whose it is.</summary>
    internal SimulatedEngine Engine => engine;

    /// <summary>Nobody accepts any more, though the path may still be there.</summary>
    internal bool IsClosed { get; private set; }

    internal bool IsFull => _arrived.Count > backlog;

    /// <inheritdoc />
    public override async IoTask<IoSocket?> AcceptAsync(IoScope connection)
    {
        int result = 0;
        while (!IsClosed && !Scope.IsRevoked && result >= 0)
        {
            if (_arrived.TryDequeue(out (SimulatedStream Incoming, SimulatedStream Outgoing) streams))
            {
                var socket = new SimulatedSocket(engine, connection, streams.Incoming, streams.Outgoing);
                engine.Machine.Sockets.Add(socket);
                return socket;
            }
            Scope.Enter();
            _acceptor = engine.Park(Scope);
            result = await new IoTask<int>(_acceptor);
            _acceptor = null;
            Scope.Leave();
        }
        return null;
    }

    /// <inheritdoc />
    public override IoTask<int> CloseAsync()
    {
        if (!IsClosed)
        {
            Abandon();
            engine.Machine.Sockets.Unlink(this);
            Wake();
        }
        return new IoTask<int>(0);
    }

    /// <summary>Its process was killed: whoever had connected sees the end, and the path stays.</summary>
    internal void Abandon()
    {
        IsClosed = true;
        foreach ((SimulatedStream incoming, SimulatedStream outgoing) in _arrived)
        {
            incoming.Break();
            outgoing.Reset();
        }
        _arrived.Clear();
    }

    internal void Arrive(SimulatedStream incoming, SimulatedStream outgoing)
    {
        _arrived.Enqueue((incoming, outgoing));
        Wake();
    }

    private void Wake()
    {
        if (_acceptor is not { IsQueued: false } waiting)
            return;
        engine.Wake(waiting, 0);
    }
}
