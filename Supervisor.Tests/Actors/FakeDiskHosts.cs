using System.Collections.Concurrent;
using Tapvisor.Disks;

namespace Tapvisor.Tests.Actors;

/// <summary>Makes fake disks and keeps them by minor.</summary>
internal sealed class FakeDiskHosts : IDiskHostFactory
{
    private readonly ConcurrentDictionary<int, FakeDiskHost> _hosts = new();

    internal FakeDiskHost this[int minor] => _hosts[minor];

    /// <summary>What a test does with each host before its disk has it.</summary>
    internal Action<FakeDiskHost> Prepare { get; set; } = _ => { };

    public IDiskHost Create(int minor)
    {
        var host = new FakeDiskHost();
        Prepare(host);
        return _hosts[minor] = host;
    }
}
