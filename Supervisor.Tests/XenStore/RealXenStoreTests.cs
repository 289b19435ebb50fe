using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.XenStore;

/// <summary>The suite against a real xenstored, where there is one: the lab sets the variable in dom0.</summary>
public sealed class RealXenStoreTests : XenStoreSuite
{
    internal const string SocketVariable = "TAPVISOR_XENSTORE_SOCKET";

    protected override XenStoreEndpoint? Endpoint { get; } = FindStore();

    internal static XenStoreEndpoint? FindStore() =>
        Environment.GetEnvironmentVariable(SocketVariable) is { Length: > 0 } path ? new XenStoreEndpoint(path) : null;
}
