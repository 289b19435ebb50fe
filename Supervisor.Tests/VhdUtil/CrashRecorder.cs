using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;
using Tapvisor.VhdUtil.Files;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>
/// Follows a run of vhd-util on a simulated machine, so that after each of its changes a loss of power can be looked at: what the
/// run had synced is there, of the rest a seeded part, torn between sectors. Names are stable at once, but a removed file may come back.
/// </summary>
/// <param name="sectorSize">What is written whole or not at all.</param>
internal sealed class CrashRecorder(int sectorSize) : IFileChanges
{
    private readonly List<Action<SimulatedMachine>> _changes = [];
    private readonly Dictionary<string, byte[]> _originals = [];
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _removed = [];
    private readonly Lock _lock = new();

    /// <summary>Runs vhd-util, which has to succeed.</summary>
    public void Record(params string[] arguments)
    {
        VhdImageFile.Observer = this;
        try
        {
            VhdUtilRun.Ok(arguments);
        }
        finally
        {
            VhdImageFile.Observer = null;
        }
    }

    /// <summary>After the original state and after each change: puts files as a crash might leave them in place, and calls back.</summary>
    /// <param name="seed">Decides what is left.</param>
    /// <param name="ways">States for each moment.</param>
    /// <param name="check">Called with the number of changes that had been made.</param>
    /// <returns>How many states there were.</returns>
    public int ForEachCrash(int seed, int ways, Action<int> check)
    {
        var machine = new SimulatedMachine(seed);
        foreach ((string path, byte[] content) in _originals)
            machine.Files.CreateFile(path, content.Length, sectorSize).Fill(0, content);
        for (int done = 0; ; done++)
        {
            for (int way = 0; way < ways; way++)
            {
                PutInPlace(machine.AfterCrash(machine.Random.Next()), hasEnded: done == _changes.Count);
                check(done);
            }
            if (done == _changes.Count)
                return (done + 1) * ways;
            _changes[done](machine);
        }
    }

    public void Opening(string path, ImageAccess access) => Add(() =>
    {
        if (_seen.Add(path) && File.Exists(path))
            _originals[path] = File.ReadAllBytes(path);
        if (access == ImageAccess.Create)
            _changes.Add(machine => DiskOf(machine, path).Truncate(0, cached: false));
    });

    public void Writing(string path, long offset, ReadOnlySpan<byte> data)
    {
        byte[] copy = data.ToArray();
        Add(() => _changes.Add(machine => DiskOf(machine, path).Write(offset, copy, durable: false, cached: false)));
    }

    public void Zeroed(string path, long offset, long length) =>
        Add(() => _changes.Add(machine => DiskOf(machine, path).Zero(offset, length, cached: false)));

    public void Resized(string path, long length) =>
        Add(() => _changes.Add(machine => DiskOf(machine, path).Truncate(length, cached: false)));

    public void Synced(string path) => Add(() => _changes.Add(machine =>
    {
        SimulatedDisk disk = DiskOf(machine, path);
        disk.EndSync(disk.BeginSync());
    }));

    public void Deleted(string path) => Add(() => _removed.Add(path));

    private void Add(Action action)
    {
        lock (_lock)
            action();
    }

    private SimulatedDisk DiskOf(SimulatedMachine machine, string path) =>
        machine.Files.Exists(path) ? machine.Files[path] : machine.Files.CreateFile(path, 0, sectorSize);

    private void PutInPlace(SimulatedMachine machine, bool hasEnded)
    {
        foreach (SimulatedDisk disk in machine.Files.All)
        {
            File.Delete(disk.Path);
            if (hasEnded && _removed.Contains(disk.Path) && machine.Random.Next(2) == 0)
                continue;
            using FileStream file = File.Create(disk.Path);
            file.SetLength(disk.Length);
            for (long at = 0; at < disk.Length; at += SparseBytes.PageSize)
            {
                byte[] page = disk.Content(at, (int)Math.Min(SparseBytes.PageSize, disk.Length - at));
                if (!page.AsSpan().ContainsAnyExcept((byte)0))
                    continue;
                file.Position = at;
                file.Write(page);
            }
        }
        foreach (string path in _removed.Where(path => !machine.Files.Exists(path)))
            File.Delete(path);
    }
}
