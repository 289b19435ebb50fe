using System.Diagnostics.CodeAnalysis;
using Tapvisor.Actors.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Supervisor;

/// <summary>The attached disks, in the order they were attached. It belongs to the SupervisorActor and outlives its restarts.</summary>
public sealed class DiskTable
{
    private readonly List<DiskEntry> _entries = [];
    private readonly HashSet<int> _ended = [];

    /// <summary>Disks attached.</summary>
    public int Count => _entries.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyList<DiskEntry> InAttachOrder => _entries;

    internal bool AllEnded => _entries.TrueForAll(entry => _ended.Contains(entry.Minor));

    internal bool TryGet(int minor, [MaybeNullWhen(false)] out DiskEntry entry)
    {
        entry = _entries.Find(e => e.Minor == minor);
        return entry is not null;
    }

    internal void Add(DiskEntry entry) => _entries.Add(entry);

    internal void Remove(int minor) => _entries.RemoveAll(entry => entry.Minor == minor);

    internal void MarkEnded(int minor) => _ended.Add(minor);

    /// <summary>LIST's answer: counts run down to the terminator (upstream tapdisk_control_list).</summary>
    internal List<TapdiskResponse.List> List(ushort cookie)
    {
        var list = new List<TapdiskResponse.List>(_entries.Count + 1);
        for (int i = 0; i < _entries.Count; i++)
        {
            DiskEntry entry = _entries[i];
            list.Add(new TapdiskResponse.List(cookie, _entries.Count - i, entry.Minor, entry.State, entry.Record.Name ?? ""));
        }
        list.Add(TapdiskResponse.List.End(cookie));
        return list;
    }
}
