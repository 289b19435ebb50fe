using Tapvisor.Simulation.Store;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>The suite in an embedded store.</summary>
public sealed class EmbeddedDeviceLifecycleTests : DeviceLifecycleSuite
{
    private readonly TemporaryDirectory _directory;
    private readonly EmbeddedXenStore _store;

    public EmbeddedDeviceLifecycleTests(ITestOutputHelper output)
        : this(output, new TemporaryDirectory(), new EmbeddedXenStore())
    {
    }

    private EmbeddedDeviceLifecycleTests(ITestOutputHelper output, TemporaryDirectory directory, EmbeddedXenStore store)
        : base(output, store.Listen(directory.At("store")))
    {
        _directory = directory;
        _store = store;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _directory.Dispose();
    }
}
