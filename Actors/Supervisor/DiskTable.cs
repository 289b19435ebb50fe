using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Supervisor;

/// <summary>
/// The attached disks, in the order they were attached. The SupervisorActor alone changes it, and it outlives its restarts; anybody may look.
/// </summary>
public sealed class DiskTable
{
    private ImmutableList<DiskEntry> _entries = [];
    private ImmutableDictionary<int, DiskEntry> _byMinor = ImmutableDictionary<int, DiskEntry>.Empty;

    /// <summary>Disks attached.</summary>
    public int Count => InAttachOrder.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyList<DiskEntry> InAttachOrder => Volatile.Read(ref _entries);

    /// <summary>Minors of those that are not closed yet, when the service ends.</summary>
    public IEnumerable<int> NotEnded => InAttachOrder.Where(entry => !entry.HasEnded).Select(entry => entry.Minor);

    internal bool TryGet(int minor, [MaybeNullWhen(false)] out DiskEntry entry) => _byMinor.TryGetValue(minor, out entry);

    internal void Add(DiskEntry entry)
    {
        _byMinor = _byMinor.Add(entry.Minor, entry);
        Volatile.Write(ref _entries, _entries.Add(entry));
    }

    internal void Remove(int minor)
    {
        if (!_byMinor.TryGetValue(minor, out DiskEntry? entry))
            return;
        _byMinor = _byMinor.Remove(minor);
        Volatile.Write(ref _entries, _entries.Remove(entry));
    }

    /// <summary>LIST's answer: counts run down to the terminator (upstream tapdisk_control_list).</summary>
    internal List<TapdiskResponse.List> List(ushort cookie)
    {
        int left = Count;
        var list = new List<TapdiskResponse.List>(left + 1);
        foreach (DiskEntry entry in _entries)
            list.Add(new TapdiskResponse.List(cookie, left--, entry.Minor, entry.State, entry.Record.Name ?? ""));
        list.Add(TapdiskResponse.List.End(cookie));
        return list;
    }
}
