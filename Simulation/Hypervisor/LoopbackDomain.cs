using System.Globalization;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Simulation.Hypervisor;

/// <summary>
/// A guest of the loopback: its pages, which of them it grants, and its event channels, in one file that both ends map.
/// <code>
///   page 0          magic
///   pages 1…16      access of each grant, 4 bytes: Readable, Writable
///   pages 17…32     channels, 64 bytes each
///   from page 33    the guest's pages; grant n is the n-th of them
/// </code>
/// </summary>
internal sealed unsafe class LoopbackDomain : IDisposable
{
    internal const int PageSize = 4096;

    /// <summary>Pages that a guest can grant: 64 MiB, sparse.</summary>
    internal const int MaxGrants = 16384;

    /// <summary>Event channels of a guest; number 0 means none, as in Xen.</summary>
    internal const int MaxPorts = 1024;

    /// <summary>May be read by the backend.</summary>
    internal const uint Readable = 1;

    /// <summary>May be written by the backend, too.</summary>
    internal const uint Writable = 2;

    private const ulong Magic = 0x4B504F4F4C565054;
    private const long GrantOffset = PageSize;
    private const long PortOffset = GrantOffset + (MaxGrants * sizeof(uint));
    private const long MemoryOffset = PortOffset + (MaxPorts * 64);
    private const long Length = MemoryOffset + ((long)MaxGrants * PageSize);

    private readonly int _descriptor;
    private readonly byte* _map;

    private LoopbackDomain(int descriptor, byte* map, uint domId)
    {
        _descriptor = descriptor;
        _map = map;
        DomId = domId;
    }

    internal uint DomId { get; }

    internal LoopbackPort* Ports => (LoopbackPort*)(_map + PortOffset);

    internal uint* Access => (uint*)(_map + GrantOffset);

    internal static string QueueOf(string root, uint domId) => PathOf(root, domId) + ".events";

    /// <summary>The guest begins to exist.</summary>
    internal static LoopbackDomain Create(string root, uint domId)
    {
        LoopbackDomain domain = Open(PathOf(root, domId), O_CREAT | O_EXCL, domId);
        *(ulong*)domain._map = Magic;
        return domain;
    }

    /// <exception cref="BlockException">ESRCH: there is no such guest.</exception>
    internal static LoopbackDomain Open(string root, uint domId)
    {
        LoopbackDomain domain = Open(PathOf(root, domId), 0, domId);
        if (*(ulong*)domain._map == Magic)
            return domain;
        domain.Dispose();
        throw new BlockException(BlockErrorKind.Io, Errno.EINVAL, $"'{PathOf(root, domId)}' is no guest of the loopback.");
    }

    /// <summary>A page of the guest, by its grant.</summary>
    internal byte* Page(uint reference) => _map + MemoryOffset + ((long)reference * PageSize);

    /// <summary>Maps pages in the order asked for.</summary>
    internal nint MapPages(IReadOnlyList<uint> references)
    {
        // First a place for all of them, then each where it belongs.
        int length = references.Count * PageSize;
        var start = (byte*)mmap(null, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED)
            throw Failed(errno);
        for (int i = 0; i < references.Count; i++)
        {
            long offset = MemoryOffset + ((long)references[i] * PageSize);
            if (mmap(start + (i * PageSize), PageSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, _descriptor, offset) != MAP_FAILED)
                continue;
            int error = errno;
            _ = munmap(start, length);
            throw Failed(error);
        }
        foreach (uint reference in references)
            TryLock(MaxPorts + reference, F_RDLCK);
        return (nint)start;
    }

    /// <summary>Undoes <see cref="MapPages"/>.</summary>
    internal void UnmapPages(nint address, IReadOnlyList<uint> references)
    {
        ReleasePages(references);
        _ = munmap((void*)address, references.Count * PageSize);
    }

    /// <summary>They count as mapped no more.</summary>
    internal void ReleasePages(IReadOnlyList<uint> references)
    {
        foreach (uint reference in references)
            TryLock(MaxPorts + reference, F_UNLCK);
    }

    /// <summary>A backend has a page mapped; one whose process has died has not.</summary>
    internal bool IsMapped(uint reference)
    {
        var asked = new flock { l_type = (short)F_WRLCK, l_whence = (short)SEEK_SET, l_start = MaxPorts + reference, l_len = 1 };
        return fcntl(_descriptor, F_OFD_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
    }

    /// <summary>Takes or gives up the backend's end of a channel; a process that dies gives it up.</summary>
    internal bool TryHold(uint port, bool hold) => TryLock(port, hold ? F_WRLCK : F_UNLCK);

    public void Dispose()
    {
        _ = munmap(_map, (size_t)(ulong)Length);
        _ = close(_descriptor);
    }

    private static string PathOf(string root, uint domId) =>
        Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"domain-{domId}"));

    private static LoopbackDomain Open(string path, int flags, uint domId)
    {
        int descriptor = open(path, O_RDWR | O_CLOEXEC | flags, 0x180 /* 0600 */);
        if (descriptor < 0)
            throw new BlockException(
                BlockErrorKind.NotFound, Errno.ESRCH, $"There is no domain {domId} ('{path}': {Errno.Describe(errno)}).");
        void* map = MAP_FAILED;
        if (flags == 0 || ftruncate(descriptor, Length) == 0)
            map = mmap(null, (size_t)(ulong)Length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        if (map != MAP_FAILED)
            return new LoopbackDomain(descriptor, (byte*)map, domId);
        int error = errno;
        _ = close(descriptor);
        throw new BlockException(BlockErrorKind.Io, error, $"'{path}' cannot be mapped: {Errno.Describe(error)}.");
    }

    // Locks stand for what the hypervisor knows: they are on bytes of the file that mean nothing, and go with their process.
    private bool TryLock(long index, int type)
    {
        var change = new flock { l_type = (short)type, l_whence = (short)SEEK_SET, l_start = index, l_len = 1 };
        return fcntl(_descriptor, F_OFD_SETLK, &change) == 0;
    }

    private static BlockException Failed(int error) =>
        new(BlockErrorKind.Io, error, $"A guest's pages cannot be mapped: {Errno.Describe(error)}.");
}
