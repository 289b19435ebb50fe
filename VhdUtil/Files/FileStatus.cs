using Tapvisor.BlockIo;

namespace Tapvisor.VhdUtil.Files;

/// <summary>What statx(2) tells about a file, links followed.</summary>
/// <param name="IsRegular">A regular file.</param>
/// <param name="IsBlockDevice">A block device.</param>
/// <param name="Size">Bytes; 0 for a device.</param>
/// <param name="ModifiedAt">Seconds of Unix time.</param>
/// <param name="Device">The device that the file is on, or is.</param>
/// <param name="Inode">Its number there; 0 for a device.</param>
/// <param name="DirectAlignment">What direct I/O must be aligned to; 0 when the system does not tell.</param>
internal readonly record struct FileStatus(
    bool IsRegular, bool IsBlockDevice, long Size, long ModifiedAt, ulong Device, ulong Inode, uint DirectAlignment)
{
    private const int AT_FDCWD = -100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7FF;
    private const uint STATX_DIOALIGN = 0x2000;
    private const int S_IFMT = 0xF000;
    private const int S_IFREG = 0x8000;
    private const int S_IFBLK = 0x6000;
    private const int SizeOfStatx = 256;

    /// <exception cref="BlockException">There is no such file.</exception>
    public static FileStatus Of(string path) => Of(AT_FDCWD, path, 0, path);

    public static FileStatus Of(int descriptor, string path) => Of(descriptor, "", AT_EMPTY_PATH, path);

    /// <summary>Whether both are one file.</summary>
    public bool IsSameAs(FileStatus other) => (Device, Inode, IsBlockDevice) == (other.Device, other.Inode, other.IsBlockDevice);

    // Fields by their place in struct statx (linux/stat.h).
    private static unsafe FileStatus Of(int directory, string path, int flags, string shown)
    {
        byte* s = stackalloc byte[SizeOfStatx];
        if (Libc.statx(directory, path, flags, STATX_BASIC_STATS | STATX_DIOALIGN, s) != 0)
            throw Libc.Error("stat", shown);
        int type = *(ushort*)(s + 28) & S_IFMT;
        bool device = type == S_IFBLK;
        ulong number = device ? *(ulong*)(s + 128) : *(ulong*)(s + 136);
        return new FileStatus(
            type == S_IFREG, device, device ? 0 : *(long*)(s + 40), *(long*)(s + 112), number,
            device ? 0 : *(ulong*)(s + 32), *(uint*)(s + 156));
    }
}
