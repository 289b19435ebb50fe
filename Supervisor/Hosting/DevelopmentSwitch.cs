using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Seam.Devices;
using Tapvisor.Simulation.Hypervisor;
using Tapvisor.Simulation.Store;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>
/// The only way from the service into Simulation/: what settings for development ask for (<c>xen.devices = loopback:DIRECTORY</c>,
/// <c>xen.store = embedded</c>) instead of Xen. An ordinary service never loads that assembly.
/// </summary>
internal static class DevelopmentSwitch
{
    /// <summary>Opens the hypervisor for one engine.</summary>
    internal static Func<IXenInterface> Hypervisor(XenSelection selection) =>
        selection.LoopbackPath is { } path ? () => Loopback(path) : XenDevices.Open;

    /// <summary>A store of the service's own, which ends when it is disposed of.</summary>
    internal static IAsyncDisposable Store(string socket, out XenStoreEndpoint endpoint)
    {
        var store = new EmbeddedXenStore();
        endpoint = store.Listen(socket);
        return store;
    }

    // A method of its own, so that the assembly is loaded only when it is called.
    private static LoopbackXen Loopback(string path) => new(path);
}
