using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Control;

/// <summary>
/// What runs in a control directory: every tapdisk's VBDs, tapdisks without any, and minors without tapdisk (control/tap-ctl-list.c).
/// All tapdisks are asked at once, so that one that hangs costs one timeout however many there are; it is left out.
/// No LINQ over numbers here: it is code that would have to be jitted, and `tap-ctl list` is to start fast.
/// </summary>
/// <param name="client">Knows the directory.</param>
/// <param name="passedOver">Hears why a tapdisk is left out, or left without its VBDs; dead ones, whose sockets are left behind,
/// too.</param>
public sealed class TapdiskListing(ControlClient client, Action<ControlException>? passedOver = null)
{
    /// <summary>More VBDs than minors fit into a message are nonsense.</summary>
    private const int MaxVbds = TapdiskMessageLayout.AllMinors;

    /// <summary>
    /// Everything: tapdisks in the order of their sockets' names, the VBDs of each from the newest to the oldest, orphaned minors last.
    /// </summary>
    /// <exception cref="ControlException">The directory cannot be read.</exception>
    public IReadOnlyList<TapdiskEntry> All()
    {
        List<int> orphans = new MinorMarkers(client.Directory).Find();
        List<TapdiskEntry> entries = List(FindPids(client.Directory.FindTapdisks()));
        foreach (TapdiskEntry entry in entries)
            orphans.Remove(entry.Minor ?? -1);
        foreach (int minor in orphans)
            entries.Add(new TapdiskEntry(Minor: minor));
        return entries;
    }

    /// <summary>One tapdisk; nothing when it does not answer.</summary>
    public IReadOnlyList<TapdiskEntry> Of(int pid) => List(FindPids([pid]));

    /// <summary>The pids that tapdisks give themselves.</summary>
    private List<int> FindPids(List<int> sockets)
    {
        List<int> pids = [];
        AskAll(sockets, new TapdiskRequest.Pid(), (connection, socket, deadline) =>
        {
            int pid = client.Expect<TapdiskResponse.Pid>(connection, socket, deadline).TapdiskPid;
            if (pid >= 0)
                pids.Add(pid);
        });
        return pids;
    }

    /// <summary>A tapdisk that does not answer LIST properly, or has no VBD, is one entry with its pid alone.</summary>
    private List<TapdiskEntry> List(List<int> pids)
    {
        Dictionary<int, List<TapdiskEntry>> answers = [];
        AskAll(pids, new TapdiskRequest.List(), (connection, pid, deadline) =>
        {
            List<TapdiskEntry> own = [];
            while (client.Expect<TapdiskResponse.List>(connection, pid, deadline) is { Count: not 0 } vbd)
            {
                if (own.Count == MaxVbds)
                    throw new ControlException(Errno.EPROTO, $"tapdisk {pid} lists more than {MaxVbds} disks");
                own.Add(TapdiskEntry.Of(pid, vbd));
            }

            own.Reverse();
            answers[pid] = own;
        });

        List<TapdiskEntry> entries = [];
        foreach (int pid in pids)
            entries.AddRange(answers.TryGetValue(pid, out List<TapdiskEntry>? vbds) && vbds.Count > 0 ? vbds : [new TapdiskEntry(pid)]);
        return entries;
    }

    /// <summary>
    /// Asks every tapdisk before it waits for the first answer, and hands over the connections in order. A tapdisk that is dead (its socket
    /// is left behind), hangs or answers nonsense is passed over: a listing says what is there, and the rest must not suffer.
    /// </summary>
    private void AskAll(List<int> pids, TapdiskRequest request, Action<ControlConnection, int, Deadline> receive)
    {
        Deadline deadline = Deadline.After(client.Patience);
        var connections = new ControlConnection?[pids.Count];
        List<int> waiting = [];
        for (int index = 0; index < pids.Count; index++)
            waiting.Add(index);
        while (true)
        {
            waiting.RemoveAll(index => !IsBusy(index));
            if (waiting.Count == 0 || deadline.HasPassed)
                break;
            Thread.Sleep(ControlConnection.RetryInterval);
        }

        foreach (int index in waiting)
            passedOver?.Invoke(new ControlException(Errno.ETIMEDOUT, $"tapdisk {pids[index]} does not accept connections"));
        for (int index = 0; index < pids.Count; index++)
        {
            using ControlConnection? connection = connections[index];
            try
            {
                if (connection is not null)
                    receive(connection, pids[index], deadline);
            }
            catch (ControlException e)
            {
                passedOver?.Invoke(e);
            }
        }

        bool IsBusy(int index)
        {
            try
            {
                connections[index] = client.TryOpen(pids[index], request, deadline);
                return connections[index] is null;
            }
            catch (ControlException e)
            {
                passedOver?.Invoke(e);
                return false;
            }
        }
    }
}
