using Tapvisor.Simulation.Store;
using Tapvisor.Tests.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.Simulation.Store;

/// <summary>The suite against the embedded store.</summary>
public sealed class EmbeddedXenStoreTests : XenStoreSuite, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedXenStore _store = new();

    public EmbeddedXenStoreTests() => Endpoint = _store.Listen(_directory.At("xs"));

    protected override XenStoreEndpoint Endpoint { get; }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();
}
