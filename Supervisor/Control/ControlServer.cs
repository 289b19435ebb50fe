using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Supervisor.Control;

/// <summary>
/// The control socket <c>ctlPID</c>. Connections are served side by side; their number is bounded, and when all are taken the one that has
/// been silent longest makes room, so that idle clients cannot lock management out (upstream: W-15). While none is silent, the next waits.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    // That of upstream's listener.
    private const int Backlog = 32;

    private readonly string _path;
    private readonly ControlOptions _options;
    private readonly PeerPolicy _peers;
    private readonly IActorRef _supervisor;
    private readonly ILogger _log;
    private readonly Socket _listener;
    private readonly LinkedList<ControlSession> _sessions = [];
    private readonly SemaphoreSlim _places;
    private readonly Lock _guard = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private bool _disposed;

    /// <summary>Opens the socket and serves it.</summary>
    /// <exception cref="ControlException">The socket cannot be opened.</exception>
    internal ControlServer(string path, ControlOptions options, IActorRef supervisor, ILogger<ControlServer> log)
    {
        _path = path;
        _options = options;
        _places = new SemaphoreSlim(options.Connections);
        _peers = new PeerPolicy(UnixGroups.Find(options.Group));
        _supervisor = supervisor;
        _log = log;
        _listener = Listen();
        _log.Listening(path);
        _accepting = AcceptAsync();
    }

    /// <summary>Sessions under way.</summary>
    internal int SessionCount
    {
        get
        {
            lock (_guard)
                return _sessions.Count;
        }
    }

    /// <summary>Closes the socket; sessions that have sent their request get their answer for as long as the process lives.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        Leftover.Remove(_path);
        _stop.Dispose();
    }

    private Socket Listen()
    {
        if (!ControlDirectory.IsSocketPath(_path))
        {
            throw new ControlException(
                Errno.ENAMETOOLONG,
                $"the control socket '{_path}' is longer than {ControlDirectory.MaxSocketPathLength - 1} bytes");
        }
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // A socket of that name can only be a dead process's that had our pid.
            Leftover.Remove(_path);
            listener.Bind(new UnixDomainSocketEndPoint(_path));
            UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            if (_peers.Group is { } group)
            {
                UnixGroups.Give(_path, group);
                mode |= UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
            }
            File.SetUnixFileMode(_path, mode);
            listener.Listen(Backlog);
            return listener;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            listener.Dispose();
            int errno = e is SocketException socket ? socket.NativeErrorCode : Errno.EACCES;
            throw new ControlException(errno, $"the control socket '{_path}' cannot be opened: {e.Message}", e);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                if (await IsAdmittedAsync(client))
                    _ = ServeAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, most likely: those in use come back as sessions end.
                _log.AcceptFailed(e);
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Whether a client may use the socket; then one of the places is its.</summary>
    private async Task<bool> IsAdmittedAsync(Socket client)
    {
        try
        {
            if (!_peers.Allows(client, out string who))
            {
                _log.Denied(who);
                client.Dispose();
                return false;
            }
            if (!_places.Wait(0, CancellationToken.None))
            {
                DropSilent();
                await _places.WaitAsync(_stop.Token);
            }
            return true;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private void DropSilent()
    {
        lock (_guard)
            _sessions.FirstOrDefault(session => session.IsSilent)?.Drop();
    }

    private async Task ServeAsync(Socket client)
    {
        using var session = new ControlSession(client, _supervisor, _options.Timeout, _log);
        LinkedListNode<ControlSession> place;
        lock (_guard)
            place = _sessions.AddLast(session);
        try
        {
            await session.RunAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.SessionFailed(e);
        }
        finally
        {
            lock (_guard)
                _sessions.Remove(place);
            _places.Release();
        }
    }
}
