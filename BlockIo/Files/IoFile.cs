using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Files;

/// <summary>
/// An open file or block device, used on its engine's thread only. Data operations return the bytes moved or a negative errno;
/// all refuse with −ECANCELED once the scope is revoked and with −EBADF once the file is closed.
/// </summary>
public abstract class IoFile(IoScope scope, string path, IoOpenOptions options)
{
    /// <summary>What the operations of this file are counted in.</summary>
    public IoScope Scope { get; } = scope;

    /// <summary>As given to open.</summary>
    public string Path { get; } = path;

    /// <summary>As given to open.</summary>
    public IoOpenOptions Options { get; } = options;

    /// <summary>Bytes, as of opening or the last <see cref="RefreshAsync"/>.</summary>
    public abstract long Length { get; }

    /// <summary>A block device rather than a regular file.</summary>
    public abstract bool IsBlockDevice { get; }

    /// <summary>Opened with O_DIRECT: offset, length and memory of every transfer are multiples of <see cref="Alignment"/>.</summary>
    public abstract bool IsDirect { get; }

    /// <summary>Bytes of a logical sector: BLKSSZGET for a device, 512 for a file.</summary>
    public abstract int LogicalSectorSize { get; }

    /// <summary>
    /// What a direct transfer must be aligned to, in bytes: the device's logical sector, or what the file system reports
    /// (statx STATX_DIOALIGN, else the sector of what lies below); 1 when buffered.
    /// </summary>
    public abstract int Alignment { get; }

    /// <summary>Reads at <paramref name="offset"/>; short only at the end of the file.</summary>
    /// <returns>Bytes read, or a negative errno.</returns>
    public abstract IoTask<int> ReadAsync(IoBuffer buffer, long offset);

    /// <summary>
    /// Writes at <paramref name="offset"/>; with <paramref name="durable"/> it returns once the data is stable (RWF_DSYNC).
    /// </summary>
    /// <returns>Bytes written, or a negative errno.</returns>
    public abstract IoTask<int> WriteAsync(IoBuffer buffer, long offset, bool durable = false);

    /// <summary>fdatasync(2).</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract IoTask<int> SyncAsync();

    /// <summary>fallocate(2) on files; BLKDISCARD and BLKZEROOUT on devices.</summary>
    /// <returns>0, −EOPNOTSUPP where the file or device cannot, or another negative errno.</returns>
    public abstract IoTask<int> AllocateAsync(IoAllocateMode mode, long offset, long length);

    /// <summary>ftruncate(2): sets the length of a regular file.</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract IoTask<int> TruncateAsync(long length);

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE.</summary>
    /// <returns>The offset found, −ENXIO beyond the last data, or another negative errno.</returns>
    public abstract IoTask<long> SeekAsync(IoSeek whence, long offset);

    /// <summary>fgetxattr(2).</summary>
    /// <param name="name">Of the extended attribute, ASCII.</param>
    /// <param name="value">Where its bytes go.</param>
    /// <returns>Bytes it has, −ENODATA when there is none, −EOPNOTSUPP where there can be none, or another negative errno.</returns>
    public abstract IoTask<int> GetAttributeAsync(string name, Memory<byte> value);

    /// <summary>
    /// Takes or changes the lock on the open file description (F_OFD_SETLK on the whole file), without waiting.
    /// </summary>
    /// <returns>0, −EAGAIN when somebody else holds it, or another negative errno.</returns>
    public abstract IoTask<int> LockAsync(IoLock mode);

    /// <summary>Asks again for the length, which somebody may have changed.</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract IoTask<int> RefreshAsync();

    /// <summary>
    /// Waits for the file's outstanding operations, then closes it, which gives up its lock. Works on a revoked scope; idempotent.
    /// </summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract IoTask<int> CloseAsync();
}
