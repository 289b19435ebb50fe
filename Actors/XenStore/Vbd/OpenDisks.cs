using System.Collections.Immutable;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>The service's open disks. The XenStoreActor alone changes it; the devices' tasks read it.</summary>
internal sealed class OpenDisks
{
    private volatile ImmutableDictionary<int, OpenDisk> _disks = ImmutableDictionary<int, OpenDisk>.Empty;

    internal void Set(OpenDisk disk) => _disks = _disks.SetItem(disk.Minor, disk);

    internal void Remove(int minor) => _disks = _disks.Remove(minor);

    internal OpenDisk? Find(int minor) => _disks.GetValueOrDefault(minor);

    internal OpenDisk? Find(string socket) => _disks.Values.FirstOrDefault(disk => disk.Sockets.Contains(socket));
}
