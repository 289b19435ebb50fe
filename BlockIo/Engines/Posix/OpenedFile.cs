using System.Globalization;
using System.Text;
using Tapvisor.BlockIo.Files;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A descriptor and what there is to know about it. Made on a helper thread, for every step may block.</summary>
internal sealed unsafe class OpenedFile
{
    private const int SectorSize = 512;

    private OpenedFile(int descriptor, bool isDirect)
    {
        Descriptor = descriptor;
        IsDirect = isDirect;
    }

    internal int Descriptor { get; }

    internal bool IsDirect { get; }

    internal bool IsBlockDevice { get; private set; }

    internal long Length { get; private set; }

    internal int LogicalSectorSize { get; private set; } = SectorSize;

    internal int Alignment { get; private set; } = 1;

    internal static OpenedFile Open(string path, IoOpenOptions options)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            throw new BlockException(BlockErrorKind.InvalidArgument, Errno.EINVAL, $"cannot open '{path}': it is no path");
        bool direct = options.HasFlag(IoOpenOptions.Direct);
        int flags = O_CLOEXEC | (options.HasFlag(IoOpenOptions.ReadOnly) ? O_RDONLY : O_RDWR) | (direct ? O_DIRECT : 0);
        fixed (byte* p = name)
        {
            if (options.HasFlag(IoOpenOptions.CreateNew))
                flags |= O_CREAT | O_EXCL;
            else
                RefuseStrangeFiles(p, path);
            int descriptor;
            do
                descriptor = open(p, flags, 0x180 /* 0600 */);
            while (descriptor < 0 && errno == Errno.EINTR);
            if (descriptor < 0)
            {
                int error = errno;
                throw KernelErrors.Exception(error, $"cannot open '{path}'{(direct && error == Errno.EINVAL ? " for direct I/O" : "")}");
            }
            var file = new OpenedFile(descriptor, direct);
            try
            {
                file.Examine(path, options);
                return file;
            }
            catch
            {
                file.Close();
                throw;
            }
        }
    }

    internal void Close() => _ = close(Descriptor);

    /// <summary>The length now.</summary>
    /// <returns>Bytes, or a negative errno.</returns>
    internal static long MeasureLength(int descriptor, bool isBlockDevice)
    {
        if (isBlockDevice)
        {
            ulong bytes;
            return ioctl(descriptor, BLKGETSIZE64, &bytes) < 0 ? -errno : (long)bytes;
        }
        statx status;
        byte empty = 0;
        return LibC.statx(descriptor, &empty, AT_EMPTY_PATH, STATX_BASIC_STATS, &status) < 0 ? -errno : (long)status.stx_size;
    }

    // Before opening: to open a pipe may block, to open a tape or a terminal may do something.
    private static void RefuseStrangeFiles(byte* name, string path)
    {
        statx status;
        if (LibC.statx(AT_FDCWD, name, 0, STATX_BASIC_STATS, &status) < 0)
            throw KernelErrors.Exception(errno, $"cannot open '{path}'");
        if (S_ISDIR(status.stx_mode))
            throw KernelErrors.Exception(Errno.EISDIR, $"cannot open '{path}'");
        if (!S_ISREG(status.stx_mode) && !S_ISBLK(status.stx_mode))
        {
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL, $"cannot open '{path}': it is neither a regular file nor a block device");
        }
    }

    private void Examine(string path, IoOpenOptions options)
    {
        statx status;
        byte empty = 0;
        if (LibC.statx(Descriptor, &empty, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_DIOALIGN, &status) < 0)
            throw KernelErrors.Exception(errno, $"cannot examine '{path}'");
        IsBlockDevice = S_ISBLK(status.stx_mode);
        if (IsBlockDevice)
        {
            int sector;
            if (ioctl(Descriptor, BLKSSZGET, &sector) < 0)
                throw KernelErrors.Exception(errno, $"cannot learn the sector size of '{path}'");
            LogicalSectorSize = sector;

            // open(2) lets root open a read-only device for writing; every write would fail.
            int readOnly;
            if (ioctl(Descriptor, BLKROGET, &readOnly) < 0)
                throw KernelErrors.Exception(errno, $"cannot learn whether '{path}' is read-only");
            if (readOnly != 0 && !options.HasFlag(IoOpenOptions.ReadOnly))
                throw KernelErrors.Exception(Errno.EROFS, $"cannot open '{path}' for writing");
        }
        long length = MeasureLength(Descriptor, IsBlockDevice);
        if (length < 0)
            throw KernelErrors.Exception((int)-length, $"cannot learn the size of '{path}'");
        Length = length;
        if (IsDirect)
            Alignment = IsBlockDevice ? LogicalSectorSize : AlignmentOf(status, path);
    }

    private static int AlignmentOf(in statx status, string path)
    {
        if ((status.stx_mask & STATX_DIOALIGN) == 0)
            return SectorBelow(status.stx_dev_major, status.stx_dev_minor);
        if (status.stx_dio_offset_align == 0)
            throw new BlockException(BlockErrorKind.Unsupported, Errno.EINVAL, $"cannot open '{path}': its file system has no direct I/O");
        return (int)Math.Max(status.stx_dio_mem_align, status.stx_dio_offset_align);
    }

    // Kernels before 6.1 do not tell; the device below the file system does. Network file systems have none, and no need to align.
    private static int SectorBelow(uint major, uint minor)
    {
        string device = string.Create(CultureInfo.InvariantCulture, $"/sys/dev/block/{major}:{minor}");
        foreach (string queue in (string[])["queue", "../queue"])
        {
            string file = Path.Combine(device, queue, "logical_block_size");
            if (File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out int size) && size > 0)
                return size;
        }
        return SectorSize;
    }
}
