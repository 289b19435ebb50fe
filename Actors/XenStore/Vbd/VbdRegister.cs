namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>What outlives every incarnation of the XenStore actors. The XenStoreActor alone changes it.</summary>
public sealed class VbdRegister
{
    private readonly Dictionary<VbdId, VbdRecord> _devices = [];

    internal OpenDisks Disks { get; } = new();

    /// <summary>Devices that are known.</summary>
    internal IReadOnlyCollection<VbdRecord> Devices => _devices.Values;

    /// <summary>Of a device that is new: one that has not begun.</summary>
    internal VbdRecord Device(VbdId id, VbdOptions options)
    {
        if (!_devices.TryGetValue(id, out VbdRecord? device))
            _devices[id] = device = new VbdRecord(new VbdMachine(id, options));
        return device;
    }

    internal void Forget(VbdId id) => _devices.Remove(id);
}
