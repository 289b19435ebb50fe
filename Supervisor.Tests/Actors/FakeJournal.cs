using System.Collections.Concurrent;
using Tapvisor.Disks;

namespace Tapvisor.Tests.Actors;

/// <summary>A journal in memory; it can be made to fail.</summary>
internal sealed class FakeJournal : IDiskJournal
{
    private readonly ConcurrentDictionary<int, DiskRecord> _records = new();

    internal bool Fails { get; set; }

    internal DiskRecord? this[int minor] => _records.GetValueOrDefault(minor);

    public void Save(DiskRecord record)
    {
        if (Fails)
            throw new IOException("the journal is full");
        _records[record.Minor] = record;
    }

    public void Remove(int minor) => _records.TryRemove(minor, out _);
}
