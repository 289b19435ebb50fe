using System.Text;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.VhdUtil.Files;

/// <summary>What statx(2) tells about a file, links followed.</summary>
/// <param name="IsRegular">A regular file.</param>
/// <param name="IsBlockDevice">A block device.</param>
/// <param name="Size">Bytes; 0 for a device.</param>
/// <param name="ModifiedAt">Seconds of Unix time.</param>
/// <param name="DeviceNumber">The device that the file is on, or is.</param>
/// <param name="Inode">Its number there; 0 for a device.</param>
/// <param name="DirectAlignment">What direct I/O must be aligned to; 0 when the system does not tell.</param>
internal readonly record struct FileStatus(
    bool IsRegular, bool IsBlockDevice, long Size, long ModifiedAt, ulong DeviceNumber, ulong Inode, uint DirectAlignment)
{
    /// <exception cref="BlockException">There is no such file.</exception>
    public static FileStatus Of(string path) => Of(LibC.AT_FDCWD, path, 0, path);

    public static FileStatus Of(int descriptor, string path) => Of(descriptor, "", LibC.AT_EMPTY_PATH, path);

    /// <summary>Whether both are one file.</summary>
    public bool IsSameAs(FileStatus other) => (DeviceNumber, Inode, IsBlockDevice) == (other.DeviceNumber, other.Inode, other.IsBlockDevice);

    private static unsafe FileStatus Of(int directory, string path, int flags, string shown)
    {
        statx status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            if (LibC.statx(directory, name, flags, LibC.STATX_BASIC_STATS | LinuxCalls.STATX_DIOALIGN, &status) != 0)
                throw FileErrors.Last("stat", shown);
        return LibC.S_ISBLK(status.stx_mode)
            ? new FileStatus(false, true, 0, status.stx_mtime.tv_sec, Device(status.stx_rdev_major, status.stx_rdev_minor), 0, 0)
            : new FileStatus(
                LibC.S_ISREG(status.stx_mode), false, (long)status.stx_size, status.stx_mtime.tv_sec,
                Device(status.stx_dev_major, status.stx_dev_minor), status.stx_ino, status.stx_dio_offset_align);
    }

    private static ulong Device(uint major, uint minor) => (ulong)major << 32 | minor;
}
