using System.Collections.Concurrent;
using Tapvisor.Actors.Disks;

namespace Tapvisor.Tests.Actors;

/// <summary>Makes fake disks and keeps them by minor.</summary>
internal sealed class FakeDiskHosts : IDiskHostFactory
{
    private readonly ConcurrentDictionary<int, FakeDiskHost> _hosts = new();

    internal FakeDiskHost this[int minor] => _hosts[minor];

    public IDiskHost Create(int minor) => _hosts[minor] = new FakeDiskHost();
}
