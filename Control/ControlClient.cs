using System.Security.Cryptography;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Control;

/// <summary>
/// Talks to tapdisks by their pids: Tapvisor's service and upstream's tapdisk alike. Synchronous; one connection per request, as the
/// protocol wants.
/// </summary>
/// <param name="directory">Where the tapdisks' sockets lie.</param>
/// <param name="trace">Sees every request sent and every answer received.</param>
/// <param name="patience">Another <see cref="Patience"/> than upstream's 10 s.</param>
public sealed class ControlClient(ControlDirectory directory, Action<TapdiskMessage>? trace = null, TimeSpan? patience = null)
{
    /// <summary>How long a tapdisk may take over what it can answer at any time: PID, LIST, STATS, and accepting a connection.</summary>
    public TimeSpan Patience { get; } = patience ?? TimeSpan.FromSeconds(10);

    public ControlDirectory Directory => directory;

    /// <summary>Sends a request and returns its answer.</summary>
    /// <param name="pid">The tapdisk's process.</param>
    /// <param name="request">What to ask.</param>
    /// <param name="timeout">How long the answer may take; null waits for ever.</param>
    /// <exception cref="ControlException">
    /// The tapdisk refused, cannot be reached, hung up (EIO), is silent (ETIMEDOUT) or talks nonsense (EPROTO).
    /// </exception>
    public T Ask<T>(int pid, TapdiskRequest request, TimeSpan? timeout)
        where T : TapdiskResponse
    {
        using ControlConnection connection = Open(pid, request, Deadline.After(timeout ?? Patience));
        return Expect<T>(connection, pid, Deadline.After(timeout));
    }

    /// <summary>The pid that the tapdisk behind ctl&lt;pid&gt; says it has.</summary>
    /// <exception cref="ControlException">As for <see cref="Ask"/>.</exception>
    public int AskPid(int pid) => Ask<TapdiskResponse.Pid>(pid, new TapdiskRequest.Pid(), Patience).TapdiskPid;

    /// <summary>Sends a request on a new connection, or returns null when the tapdisk's queue of connections is full.</summary>
    internal ControlConnection? TryOpen(int pid, TapdiskRequest request, Deadline deadline) =>
        Send(ControlConnection.TryConnect(directory.ControlSocket(pid)), request, TapdiskMessageCodec.Encode(request), deadline);

    internal T Expect<T>(ControlConnection connection, int pid, Deadline deadline)
        where T : TapdiskResponse
    {
        TapdiskResponse response = connection.Receive(deadline);
        trace?.Invoke(response);
        return response switch
        {
            T expected => expected,
            TapdiskResponse.Error error => throw ControlException.FromAnswer(error),
            _ => throw new ControlException(Errno.EPROTO, $"got unexpected result '{response.Type.Describe()}' from {pid}"),
        };
    }

    private ControlConnection Open(int pid, TapdiskRequest request, Deadline deadline)
    {
        // What cannot be sent is said before whether there is anyone to send it to.
        byte[] bytes = TapdiskMessageCodec.Encode(request);
        try
        {
            return Send(ControlConnection.Connect(directory.ControlSocket(pid), deadline), request, bytes, deadline)!;
        }
        finally
        {
            // It may hold a key.
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private ControlConnection? Send(ControlConnection? connection, TapdiskRequest request, byte[] bytes, Deadline deadline)
    {
        if (connection is null)
            return null;
        try
        {
            trace?.Invoke(request);
            connection.Send(bytes, deadline);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
