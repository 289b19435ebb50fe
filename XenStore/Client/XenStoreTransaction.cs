using Tapvisor.XenStore.Wire;

namespace Tapvisor.XenStore.Client;

/// <summary>
/// Nodes as they were when it began, and changes that all happen when it ends or not at all. It belongs to one connection and goes with it.
/// </summary>
public sealed class XenStoreTransaction : XenStoreOperations
{
    private readonly XenStoreConnection _connection;
    private readonly uint _id;

    internal XenStoreTransaction(XenStoreConnection connection, uint id) => (_connection, _id) = (connection, id);

    /// <summary>Nothing is to be changed after all, and nobody needs to know whether what was read still holds.</summary>
    public void Abandon() => IsAbandoned = true;

    internal bool IsAbandoned { get; private set; }

    /// <exception cref="XenStoreException">EAGAIN: what it saw has changed.</exception>
    internal Task EndAsync(bool commit) =>
        _connection.RequestAsync(XenStoreMessageType.XS_TRANSACTION_END, _id, Payload.Strings(commit ? "T" : "F"), "");

    private protected override Task<byte[]> RequestAsync(XenStoreMessageType type, byte[] payload, string path) =>
        _connection.RequestAsync(type, _id, payload, path);
}
