using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/stat.h>, <linux/stat.h>
public static unsafe partial class LibC
{
    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;

    public const ushort S_IFMT = 0xF000;
    public const ushort S_IFSOCK = 0xC000;
    public const ushort S_IFREG = 0x8000;
    public const ushort S_IFBLK = 0x6000;
    public const ushort S_IFDIR = 0x4000;

    public const uint STATX_BASIC_STATS = 0x7FF;
    public const uint STATX_DIOALIGN = 0x2000;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx* statxbuf);

    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdir(string pathname, uint mode);

    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkfifo(string pathname, uint mode);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int chmod(byte* pathname, uint mode);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int fchmod(int fd, uint mode);
}

public struct statx_timestamp
{
    public long tv_sec;
    public uint tv_nsec;
}

// The type shares its name with the function, as in C, where the word `struct` tells them apart.
[StructLayout(LayoutKind.Sequential, Size = 256)]
public struct statx
{
    public uint stx_mask;
    public uint stx_blksize;
    public ulong stx_attributes;
    public uint stx_nlink;
    public uint stx_uid;
    public uint stx_gid;
    public ushort stx_mode;
    public ulong stx_ino;
    public ulong stx_size;
    public ulong stx_blocks;
    public ulong stx_attributes_mask;
    public statx_timestamp stx_atime;
    public statx_timestamp stx_btime;
    public statx_timestamp stx_ctime;
    public statx_timestamp stx_mtime;
    public uint stx_rdev_major;
    public uint stx_rdev_minor;
    public uint stx_dev_major;
    public uint stx_dev_minor;
    public ulong stx_mnt_id;
    public uint stx_dio_mem_align;
    public uint stx_dio_offset_align;
}
