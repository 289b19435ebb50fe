using System.Threading.Channels;
using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Simulation.Store;

/// <summary>One connection's watches and transactions, and what is on its way to it.</summary>
internal sealed class StoreSession(StoreState state, uint domId, Action close)
{
    // A client that lets so many messages wait is let go.
    private const int MostUnsent = 8192;

    private readonly List<StoreWatch> _watches = [];
    private readonly Dictionary<uint, StoreTransaction> _transactions = [];
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(MostUnsent);

    internal uint DomId => domId;

    internal int WatchCount => _watches.Count;

    /// <summary>Ends when there is nobody any more to take it.</summary>
    internal ChannelReader<byte[]> Outgoing => _outgoing.Reader;

    internal void End() => _outgoing.Writer.TryComplete();

    internal void Send(XenStoreMessage message)
    {
        if (!_outgoing.Writer.TryWrite(message.Encode()))
            close();
    }

    /// <summary>Whoever may not read a node does not hear of it.</summary>
    internal void Tell(StoreChange change)
    {
        if (domId != 0 && change.Node is { } node && (node.AccessOf(domId) & XenStoreAccess.Read) == 0)
            return;
        foreach (StoreWatch watch in _watches)
        {
            if (change.Path.StartsWith('@') ? change.Path == watch.Path : XenStorePath.IsWithin(change.Path, watch.Path))
                Send(watch, change.Path);
            else if (change.IsRemoval && XenStorePath.IsWithin(watch.Path, change.Path) && HadNode(change, watch.Path))
                Send(watch, watch.Path);
        }
    }

    internal void Watch(string path, string token)
    {
        string absolute = XenStorePath.Canonical(path, domId);
        if (_watches.Exists(watch => watch.Path == absolute && watch.Token == token))
            throw new StoreRefusal(Errno.EEXIST);
        if (domId != 0 && _watches.Count >= state.Quota.Watches)
            throw new StoreRefusal(Errno.E2BIG);
        _watches.Add(new StoreWatch(absolute, token, absolute == path ? "" : XenStorePath.OfDomain(domId) + "/"));
    }

    /// <summary>The first event of a watch, which comes after the answer.</summary>
    internal void FireLast()
    {
        StoreWatch watch = _watches[^1];
        Send(watch, watch.Path);
    }

    internal void Unwatch(string path, string token)
    {
        string absolute = XenStorePath.Canonical(path, domId);
        if (_watches.RemoveAll(watch => watch.Path == absolute && watch.Token == token) == 0)
            throw new StoreRefusal(Errno.ENOENT);
    }

    internal void Reset()
    {
        _watches.Clear();
        _transactions.Clear();
    }

    internal uint Begin()
    {
        if (domId != 0 && _transactions.Count >= state.Quota.Transactions)
            throw new StoreRefusal(Errno.ENOSPC);
        uint id = state.NextTransaction();
        _transactions[id] = new StoreTransaction(state.Root, state.View());
        return id;
    }

    /// <summary>Null outside of transactions.</summary>
    internal StoreTransaction? Transaction(uint id)
    {
        if (id == 0)
            return null;
        return _transactions.TryGetValue(id, out StoreTransaction? transaction) ? transaction : throw new StoreRefusal(Errno.ENOENT);
    }

    internal void End(uint id, bool commit)
    {
        if (Transaction(id) is not { } transaction)
            throw new StoreRefusal(Errno.ENOENT);
        _transactions.Remove(id);
        if (!commit)
            return;
        StoreView live = state.View();
        if (!transaction.TryCommit(live))
            throw new StoreRefusal(Errno.EAGAIN);
        state.Accept(live);
    }

    private static bool HadNode(StoreChange change, string path) =>
        change.Node?.Find(XenStorePath.Components(path[change.Path.Length..])) is not null;

    private void Send(StoreWatch watch, string path) =>
        Send(new XenStoreMessage(XenStoreMessageType.XS_WATCH_EVENT, 0, 0, Payload.Strings(watch.Shown(path), watch.Token)));
}
