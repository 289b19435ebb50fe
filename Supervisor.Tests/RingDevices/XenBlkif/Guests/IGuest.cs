using Tapvisor.RingDevices.XenBlkif.Seam;

namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>A guest's side of a hypervisor: memory to grant, event channels to offer.</summary>
internal interface IGuest : IDisposable
{
    uint DomId { get; }

    /// <summary>The hypervisor as a backend opens it.</summary>
    IXenInterface OpenBackend();

    /// <summary>Zeroed pages, one behind the other, that the backend may read, and perhaps write.</summary>
    GuestPage[] NewPages(int count, bool writable = true);

    /// <summary>One such page.</summary>
    GuestPage NewPage(bool writable = true) => NewPages(1, writable)[0];

    /// <summary>Opens an event channel to the backend.</summary>
    uint NewPort();

    /// <summary>The guest closes it, so that nobody can bind it any more.</summary>
    void ClosePort(uint port);

    void Notify(uint port);

    /// <summary>Waits until an event came, and takes it.</summary>
    /// <returns>How many came; 0 when the time is up.</returns>
    int WaitForEvents(TimeSpan patience);
}
