using Tapvisor.BlockIo.Engines;
using Tapvisor.Native;

namespace Tapvisor.Simulation.Engine.Sockets;

/// <summary>The Unix stream sockets of a machine, by path.</summary>
internal sealed class SimulatedSockets
{
    private readonly Dictionary<string, SimulatedListener> _listeners = [];
    private readonly List<SimulatedSocket> _connected = [];

    internal SimulatedListener Listen(SimulatedEngine engine, IoScope scope, string path, int backlog)
    {
        if (_listeners.TryGetValue(path, out SimulatedListener? other) && !other.IsClosed)
            throw new BlockException(BlockErrorKind.Io, Errno.EADDRINUSE, $"The socket '{path}' cannot be bound: somebody listens there.");
        var listener = new SimulatedListener(engine, scope, path, backlog);
        _listeners[path] = listener;
        return listener;
    }

    internal SimulatedSocket Connect(SimulatedEngine engine, IoScope scope, string path)
    {
        if (!_listeners.TryGetValue(path, out SimulatedListener? listener))
            throw new BlockException(BlockErrorKind.NotFound, Errno.ENOENT, $"The socket '{path}' cannot be reached: no such file.");
        if (listener.IsClosed)
            throw new BlockException(BlockErrorKind.Io, Errno.ECONNREFUSED, $"The socket '{path}' cannot be reached: nobody listens.");
        if (listener.IsFull)
            throw new BlockException(BlockErrorKind.Io, Errno.EAGAIN, $"The socket '{path}' cannot be reached: its backlog is full.");
        var there = new SimulatedStream();
        var back = new SimulatedStream();
        listener.Arrive(there, back);
        var socket = new SimulatedSocket(engine, scope, back, there);
        _connected.Add(socket);
        return socket;
    }

    internal void Add(SimulatedSocket socket) => _connected.Add(socket);

    internal void Forget(SimulatedSocket socket) => _connected.Remove(socket);

    internal void Unlink(SimulatedListener listener)
    {
        if (_listeners.GetValueOrDefault(listener.Path) == listener)
            _listeners.Remove(listener.Path);
    }

    /// <summary>A process was killed.</summary>
    internal void Abandon(SimulatedEngine engine)
    {
        foreach (SimulatedListener listener in _listeners.Values.Where(l => l.Engine == engine))
            listener.Abandon();
        foreach (SimulatedSocket socket in _connected.Where(s => s.Engine == engine))
            socket.Vanish();
        _connected.RemoveAll(s => s.Engine == engine);
    }

    /// <summary>The machine crashed: the paths stay, as they do on a disk.</summary>
    internal void Clear()
    {
        _connected.Clear();
        foreach (SimulatedListener listener in _listeners.Values)
            listener.Abandon();
    }
}
