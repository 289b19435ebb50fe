using Microsoft.Extensions.Logging;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.Native;
using Tapvisor.RingDevices.Nbd.Handshake;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// Serves one disk by NBD: two listeners and two sockets that take passed descriptors (upstream drivers/tapdisk-nbdserver.c). It may
/// be started once its queue has had an image, and serves on through pauses and faults: clients see latency, then the truth.
/// Engine's thread only, save for <see cref="ConnectionCount"/>.
/// </summary>
public sealed class NbdRingDevice
{
    /// <summary>What may be said along with a passed descriptor; nobody reads it (upstream tapdisk-fdreceiver.c), in bytes.</summary>
    private const int MaxPassedText = 16 << 10;

    private readonly NbdDisk _disk;
    private readonly NbdPaths _paths;
    private readonly IoScope _scope;
    private readonly List<IoListener> _listeners = [];
    private readonly HashSet<NbdSession> _sessions = [];
    private readonly HashSet<IoSocket> _passers = [];
    private readonly IoGate _ended = new();
    private int _connections;
    private int _running;
    private int _lastId;
    private bool _stopping;
    private bool _fullReported;

    /// <summary>A service that is not started yet.</summary>
    /// <param name="queue">The disk.</param>
    /// <param name="paths">Where its sockets go.</param>
    /// <param name="options">Limits.</param>
    /// <param name="logger">Where it reports to.</param>
    public NbdRingDevice(RequestQueue queue, NbdPaths paths, NbdOptions options, ILogger<NbdRingDevice> logger)
    {
        _disk = new NbdDisk(queue, paths.Minor, options, logger);
        _paths = paths;
        _scope = new IoScope(queue.Engine, $"nbd of minor {paths.Minor}");
    }

    /// <summary>Connections now, those in their handshake and those that pass a descriptor included. Any thread may ask.</summary>
    public int ConnectionCount => Volatile.Read(ref _connections);

    private IoEngine Engine => _disk.Queue.Engine;

    /// <summary>Binds all four sockets and begins to serve.</summary>
    /// <returns>0.</returns>
    /// <exception cref="BlockException">One of them could not be bound, says the sentence; none of the others is left behind.</exception>
    public async IoTask<int> StartAsync()
    {
        if (_disk.Queue.Info is null)
            throw new InvalidOperationException($"Minor {_paths.Minor} was never opened: there is nothing to serve.");
        try
        {
            Listen(_paths.Listener);
            Listen(_paths.OldListener);
            Listen(_paths.Receiver);
            Listen(_paths.OldReceiver);
        }
        catch (BlockException)
        {
            foreach (IoListener listener in _listeners)
                await listener.CloseAsync();
            _listeners.Clear();
            throw;
        }
        _ = AcceptAsync(_listeners[0], NbdEntrance.Listener);
        _ = AcceptAsync(_listeners[1], NbdEntrance.Listener);
        _ = AcceptAsync(_listeners[2], NbdEntrance.PassedNewstyle);
        _ = AcceptAsync(_listeners[3], NbdEntrance.PassedOldstyle);
        NbdLog.Started(_disk.Logger, _disk.Minor, _paths.Listener);
        return 0;
    }

    /// <summary>
    /// Takes no further connection or request, answers what was taken, and closes. Clients that do not take their answers are cut off after
    /// <see cref="NbdOptions.StopTimeout"/>; requests at the queue are waited for without limit, because their buffers are in use: whoever
    /// stops a disk whose queue holds requests starts or fails the queue.
    /// </summary>
    /// <returns>0.</returns>
    public async IoTask<int> StopAsync()
    {
        _stopping = true;
        foreach (IoListener listener in _listeners)
            await listener.CloseAsync();
        foreach (IoSocket passer in _passers)
            passer.Shutdown();
        foreach (NbdSession session in _sessions)
            session.Stop();
        _ = CutOffAsync();
        while (_running > 0)
            await _ended.WaitAsync();
        _scope.Revoke();
        await _scope.DrainAsync();
        NbdLog.Stopped(_disk.Logger, _disk.Minor);
        return 0;
    }

    private void Listen(string path) =>
        _listeners.Add(Engine.Listen(_scope, path, NbdOptions.Backlog, _disk.Options.SocketMode));

    private async IoTask<int> CutOffAsync()
    {
        if (await _scope.DelayAsync(_disk.Options.StopTimeout) < 0 || _running == 0)
            return 0;
        NbdLog.CutOff(_disk.Logger, _disk.Minor, _connections, _disk.Options.StopTimeout.TotalSeconds);
        foreach (NbdSession session in _sessions)
            session.Abort();
        return 0;
    }

    private async IoTask<int> AcceptAsync(IoListener listener, NbdEntrance entrance)
    {
        _running++;
        while (!_stopping && await listener.AcceptAsync(new IoScope(Engine, listener.Path)) is { } socket)
        {
            if (_stopping || !TryAdmit())
                await CloseAsync(socket);
            else if (entrance == NbdEntrance.Listener)
                _ = ServeAsync(socket, entrance);
            else
                _ = ReceiveDescriptorAsync(socket, entrance, listener.Path);
        }
        Leave();
        return 0;
    }

    private bool TryAdmit()
    {
        if (_connections < _disk.Options.MaxConnections)
        {
            _connections++;
            _running++;
            return true;
        }
        if (!_fullReported)
            NbdLog.TooManyConnections(_disk.Logger, _disk.Minor, _connections);
        _fullReported = true;
        return false;
    }

    private async IoTask<int> ServeAsync(IoSocket socket, NbdEntrance entrance)
    {
        using var session = new NbdSession(_disk, socket, ++_lastId, entrance);
        _sessions.Add(session);
        await session.RunAsync();
        _sessions.Remove(session);
        Depart();
        return 0;
    }

    /// <summary>Whoever connects to a receiver passes one descriptor, hears nothing, and is done; what came takes its place.</summary>
    private async IoTask<int> ReceiveDescriptorAsync(IoSocket passer, NbdEntrance entrance, string path)
    {
        _passers.Add(passer);
        var deadline = new NbdDeadline(passer.Scope, _disk.Options.HandshakeTimeout, passer.Shutdown);
        deadline.Set();
        IoBuffer text = Engine.Buffers.Rent(MaxPassedText, _disk.Queue.Quota);
        int descriptor = await passer.ReceiveDescriptorAsync(text);
        Engine.Buffers.Return(text, _disk.Queue.Quota);
        deadline.Clear();
        _passers.Remove(passer);
        await CloseAsync(passer);
        if (descriptor >= 0)
        {
            IoSocket socket = Engine.Adopt(new IoScope(Engine, path), descriptor);
            if (!_stopping)
                return await ServeAsync(socket, entrance);
            await CloseAsync(socket);
        }
        else if (!_stopping && _disk.Complaints.TryBegin())
        {
            NbdLog.NoDescriptor(_disk.Logger, _disk.Minor, path, -descriptor);
        }
        Depart();
        return 0;
    }

    private static async IoTask<int> CloseAsync(IoSocket socket)
    {
        await socket.CloseAsync();
        socket.Scope.Revoke();
        return await socket.Scope.DrainAsync();
    }

    private void Depart()
    {
        _connections--;
        _fullReported = false;
        Leave();
    }

    private void Leave()
    {
        _running--;
        if (_running == 0)
            _ended.Open();
    }
}
