using Tapvisor.Native;

namespace Tapvisor.Messages.Control;

/// <summary>
/// Talks to tapdisks by their pids: Tapvisor's service and upstream's tapdisk alike. Synchronous; one connection per request, as the protocol wants.
/// </summary>
/// <param name="directory">Where the tapdisks' sockets lie.</param>
/// <param name="trace">Sees every request sent and every answer received.</param>
public sealed class ControlClient(ControlDirectory directory, Action<TapdiskMessage>? trace = null)
{
    /// <summary>How long a tapdisk may take over what it can answer at any time: PID, LIST, STATS, and accepting a connection.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(10);

    public ControlDirectory Directory => directory;

    /// <summary>Sends a request and returns its answer.</summary>
    /// <param name="pid">The tapdisk's process.</param>
    /// <param name="request">What to ask.</param>
    /// <param name="timeout">How long the answer may take; null waits for ever.</param>
    /// <exception cref="ControlException">The tapdisk refused, cannot be reached, hung up (EIO), is silent (ETIMEDOUT) or talks nonsense (EPROTO).</exception>
    public T Ask<T>(int pid, TapdiskRequest request, TimeSpan? timeout)
        where T : TapdiskResponse
    {
        using ControlConnection connection = Open(pid, request, Deadline.After(timeout ?? DefaultTimeout));
        return Expect<T>(connection, pid, Deadline.After(timeout));
    }

    /// <summary>The pid that the tapdisk behind ctl&lt;pid&gt; says it has.</summary>
    /// <exception cref="ControlException">As for <see cref="Ask"/>.</exception>
    public int AskPid(int pid) => Ask<TapdiskResponse.Pid>(pid, new TapdiskRequest.Pid(), DefaultTimeout).TapdiskPid;

    internal ControlConnection Open(int pid, TapdiskRequest request, Deadline deadline) =>
        Send(ControlConnection.Connect(directory.ControlSocket(pid), deadline), request, deadline);

    internal ControlConnection Send(ControlConnection connection, TapdiskRequest request, Deadline deadline)
    {
        try
        {
            trace?.Invoke(request);
            connection.Send(request, deadline);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

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
}
