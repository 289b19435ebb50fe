using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.Native;

namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>Files and devices by path. Names are stable at once: there are no directories to sync.</summary>
internal sealed class SimulatedFileSystem(SimulatedMachine machine)
{
    private const int MaxPath = 4096;
    private const int DefaultSector = 512;
    private readonly Dictionary<string, SimulatedDisk> _disks = [];

    /// <summary>What is at <paramref name="path"/>.</summary>
    internal SimulatedDisk this[string path] => _disks[path];

    /// <summary>What there is.</summary>
    internal IEnumerable<SimulatedDisk> All => _disks.Values;

    /// <summary>Something is at <paramref name="path"/>.</summary>
    internal bool Exists(string path) => _disks.ContainsKey(path);

    /// <summary>Makes a regular file of zeroes.</summary>
    internal SimulatedDisk CreateFile(string path, long length, int sectorSize = DefaultSector) =>
        Create(path, SimulatedDiskKind.Regular, length, sectorSize);

    /// <summary>Makes a block device of zeroes.</summary>
    internal SimulatedDisk CreateDevice(string path, long length, int sectorSize = DefaultSector) =>
        Create(path, SimulatedDiskKind.BlockDevice, length, sectorSize);

    /// <summary>Makes something that is no disk.</summary>
    internal SimulatedDisk CreateOther(string path, SimulatedDiskKind kind) => Create(path, kind, 0, DefaultSector);

    internal void Crash()
    {
        foreach (SimulatedDisk disk in _disks.Values)
            disk.Crash();
    }

    /// <summary>Gives an empty file system what a crash now would leave of this one, which goes on.</summary>
    internal void CrashInto(SimulatedFileSystem other, Random random)
    {
        foreach ((string path, SimulatedDisk disk) in _disks)
            disk.CrashInto(other.Create(path, disk.Kind, disk.Length, disk.SectorSize), random);
    }

    /// <summary>open(2).</summary>
    /// <exception cref="BlockException">As a real engine's.</exception>
    internal SimulatedFile Open(SimulatedEngine engine, IoScope scope, string path, IoOpenOptions options)
    {
        bool isNew = options.HasFlag(IoOpenOptions.CreateNew);
        if (path.Length >= MaxPath)
            throw Refuse(BlockErrorKind.InvalidArgument, Errno.ENAMETOOLONG, path, $"it has {path.Length} characters");
        if (isNew && !_disks.TryAdd(path, new SimulatedDisk(machine, path, SimulatedDiskKind.Regular, DefaultSector)))
            throw Refuse(BlockErrorKind.InvalidArgument, Errno.EEXIST, path, "it exists");
        if (!_disks.TryGetValue(path, out SimulatedDisk? disk))
            throw Refuse(BlockErrorKind.NotFound, Errno.ENOENT, path, "no such file");
        bool writes = !options.HasFlag(IoOpenOptions.ReadOnly);
        if (disk.Kind == SimulatedDiskKind.Directory)
            throw Refuse(BlockErrorKind.InvalidArgument, Errno.EISDIR, path, "it is a directory");
        if (disk.Kind is not (SimulatedDiskKind.Regular or SimulatedDiskKind.BlockDevice))
            throw Refuse(BlockErrorKind.InvalidArgument, Errno.EINVAL, path, "it is neither a file nor a block device");
        if (!disk.IsReadable)
            throw Refuse(BlockErrorKind.Io, Errno.EACCES, path, "permission denied");
        if (writes && !disk.IsWritable)
        {
            int errno = disk.Kind == SimulatedDiskKind.BlockDevice ? Errno.EROFS : Errno.EACCES;
            throw Refuse(BlockErrorKind.Io, errno, path, "it cannot be written");
        }
        if (options.HasFlag(IoOpenOptions.Direct) && !disk.HasDirectIo)
            throw Refuse(BlockErrorKind.InvalidArgument, Errno.EINVAL, path, "no direct I/O here");
        disk.Count(SimulatedOperation.Open);
        return new SimulatedFile(engine, disk, scope, options);
    }

    private static BlockException Refuse(BlockErrorKind kind, int errno, string path, string reason) =>
        new(kind, errno, $"The file '{path}' cannot be opened: {reason}.");

    private SimulatedDisk Create(string path, SimulatedDiskKind kind, long length, int sectorSize)
    {
        var disk = new SimulatedDisk(machine, path, kind, sectorSize);
        disk.SetLength(length);
        _disks.Add(path, disk);
        return disk;
    }
}
