using System.Numerics;
using System.Text;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A file or block device of a real kernel.</summary>
internal sealed class PosixFile : IoFile
{
    private readonly PosixHandle _handle;
    private long _length;

    internal PosixFile(PosixEngine engine, IoScope scope, string path, IoOpenOptions options, OpenedFile opened)
        : base(scope, path, options)
    {
        _handle = new PosixHandle(engine, scope, opened.Descriptor, PosixHandleKind.File)
        {
            IsDirect = opened.IsDirect,
            Alignment = opened.Alignment,
        };
        _length = opened.Length;
        IsBlockDevice = opened.IsBlockDevice;
        LogicalSectorSize = opened.LogicalSectorSize;
        engine.Remember(_handle);
    }

    public override long Length => _length;

    public override bool IsBlockDevice { get; }

    public override bool IsDirect => _handle.IsDirect;

    public override int LogicalSectorSize { get; }

    public override int Alignment => _handle.Alignment;

    public override IoTask<int> ReadAsync(IoBuffer buffer, long offset) =>
        _handle.Start(PosixOpcode.Read, buffer.Address, buffer.Length, offset, 0);

    public override IoTask<int> WriteAsync(IoBuffer buffer, long offset, bool durable = false) =>
        _handle.Start(PosixOpcode.Write, buffer.Address, buffer.Length, offset, durable ? RWF_DSYNC : 0);

    public override IoTask<int> SyncAsync() => _handle.Start(PosixOpcode.Sync, 0, 0, 0, 0);

    public override IoTask<int> AllocateAsync(IoAllocateMode mode, long offset, long length)
    {
        if (IsBlockDevice && mode == IoAllocateMode.Discard)
            return CallAsync(descriptor => Discard(descriptor, offset, length));

        // A device has nothing to reserve; zeroing and unmapping it by fallocate(2) is what BLKZEROOUT does, without blocking us.
        if (IsBlockDevice && mode is IoAllocateMode.Allocate or IoAllocateMode.AllocateKeepSize)
            return new IoTask<int>(_handle.Refusal != 0 ? _handle.Refusal : -Errno.EOPNOTSUPP);
        int flags = mode switch
        {
            IoAllocateMode.Allocate => 0,
            IoAllocateMode.AllocateKeepSize => FALLOC_FL_KEEP_SIZE,
            IoAllocateMode.ZeroRange => FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
            _ => FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
        };
        return _handle.Start(PosixOpcode.Allocate, (nint)length, 0, offset, flags);
    }

    public override async IoTask<int> TruncateAsync(long length)
    {
        int result = await CallAsync(descriptor => ftruncate(descriptor, length) < 0 ? -errno : 0);
        if (result == 0)
            _length = length;
        return result;
    }

    public override IoTask<long> SeekAsync(IoSeek whence, long offset) => CallAsync(descriptor =>
    {
        long found = lseek(descriptor, offset, (int)whence);
        return found < 0 ? -errno : found;
    });

    public override IoTask<int> GetAttributeAsync(string name, Memory<byte> value) =>
        CallAsync(descriptor => GetAttribute(descriptor, name, value.Span));

    public override IoTask<int> LockAsync(IoLock mode) => CallAsync(descriptor => Lock(descriptor, mode));

    public override async IoTask<int> RefreshAsync()
    {
        bool isBlockDevice = IsBlockDevice;
        long length = await CallAsync(descriptor => OpenedFile.MeasureLength(descriptor, isBlockDevice));
        if (length < 0)
            return (int)length;
        _length = length;
        return 0;
    }

    public override IoTask<int> CloseAsync() => _handle.CloseAsync();

    private static unsafe int Discard(int descriptor, long offset, long length)
    {
        ulong* range = stackalloc ulong[2] { (ulong)offset, (ulong)length };
        return ioctl(descriptor, BLKDISCARD, range) < 0 ? -errno : 0;
    }

    private static unsafe int GetAttribute(int descriptor, string name, Span<byte> value)
    {
        fixed (byte* bytes = value, key = Encoding.ASCII.GetBytes(name + '\0'))
        {
            nint length = fgetxattr(descriptor, key, bytes, (nuint)value.Length);
            return length < 0 ? -errno : (int)length;
        }
    }

    internal static unsafe int Lock(int descriptor, IoLock mode)
    {
        var whole = new flock
        {
            l_type = (short)(mode switch { IoLock.None => F_UNLCK, IoLock.Shared => F_RDLCK, _ => F_WRLCK }),
            l_whence = (short)SEEK_SET,
        };
        if (fcntl(descriptor, F_OFD_SETLK, &whole) == 0)
            return 0;

        // POSIX lets a system say either when somebody else holds the lock.
        return errno == Errno.EACCES ? -Errno.EAGAIN : -errno;
    }

    private IoTask<T> CallAsync<T>(Func<int, T> call)
        where T : IBinaryInteger<T>
    {
        int refusal = _handle.Refusal;
        return refusal != 0 ? new IoTask<T>(T.CreateChecked(refusal)) : _handle.Offload(call);
    }
}
