using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine.Faults;

namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>An open file description on a <see cref="SimulatedDisk"/>. An operation has its effect at the moment it completes.</summary>
internal sealed class SimulatedFile(SimulatedEngine engine, SimulatedDisk disk, IoScope scope, IoOpenOptions options)
    : IoFile(scope, disk.Path, options)
{
    private readonly List<InFlightWrite> _writes = [];
    private readonly Stack<InFlightWrite> _free = new();
    private readonly SimulatedActivity _activity = new(engine, scope);
    private long _length = disk.Length;
    private int _orphans;
    private bool _closed;

    /// <inheritdoc />
    public override long Length => _length;

    /// <inheritdoc />
    public override bool IsBlockDevice => disk.Kind == SimulatedDiskKind.BlockDevice;

    /// <inheritdoc />
    public override bool IsDirect { get; } = options.HasFlag(IoOpenOptions.Direct);

    /// <inheritdoc />
    public override int LogicalSectorSize => IsBlockDevice ? disk.SectorSize : 512;

    /// <inheritdoc />
    public override int Alignment => IsDirect ? disk.SectorSize : 1;

    /// <inheritdoc />
    public override async IoTask<int> ReadAsync(IoBuffer buffer, long offset)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        Verdict verdict = Enter(SimulatedOperation.Read);
        int result = await engine.PerformAsync(Scope, verdict);
        if (result == 0)
            result = IsMisaligned(buffer, offset) ? -Errno.EINVAL : disk.Read(offset, Cut(buffer, verdict));
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<int> WriteAsync(IoBuffer buffer, long offset, bool durable = false)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        if ((Options & IoOpenOptions.ReadOnly) != 0)
            return -Errno.EBADF;
        Verdict verdict = Enter(SimulatedOperation.Write);
        InFlightWrite write = Begin(buffer, offset, durable);
        int result = await engine.PerformAsync(Scope, verdict);
        if (result == 0)
            result = IsMisaligned(buffer, offset) ? -Errno.EINVAL : Write(Cut(buffer, verdict), offset, durable);
        else if (result != -Errno.ECANCELED)
            disk.WriteTorn(offset, buffer.Span, !IsDirect);
        End(write);
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<int> SyncAsync()
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        Verdict verdict = Enter(SimulatedOperation.Sync);
        long covered = disk.BeginSync();
        int result = await engine.PerformAsync(Scope, verdict);
        if (result == 0)
            disk.EndSync(covered);
        else if (result != -Errno.ECANCELED)
            disk.FailSync(covered);
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<int> AllocateAsync(IoAllocateMode mode, long offset, long length)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        Verdict verdict = Enter(OperationOf(mode));
        int result = await engine.PerformAsync(Scope, verdict);
        if (result == 0)
            result = Allocate(mode, offset, length);
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<int> TruncateAsync(long length)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        int result = await engine.PerformAsync(Scope, Enter(SimulatedOperation.Truncate));
        if (result == 0 && IsBlockDevice)
            result = -Errno.EINVAL;
        if (result == 0)
        {
            disk.Truncate(length, !IsDirect);
            _length = length;
        }
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<long> SeekAsync(IoSeek whence, long offset)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        long result = await engine.PerformAsync(Scope, Enter(SimulatedOperation.Seek));
        if (result == 0)
            result = disk.CanSeek && !IsBlockDevice ? disk.Seek(whence, offset) : -Errno.EINVAL;
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override IoTask<int> GetAttributeAsync(string name, Memory<byte> value) => new(Refusal is < 0 and int refusal ? refusal : -Errno.EOPNOTSUPP);

    /// <inheritdoc />
    public override async IoTask<int> LockAsync(IoLock mode)
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        int result = await engine.PerformAsync(Scope, Enter(SimulatedOperation.Lock));
        if (result == 0)
            result = disk.Lock(this, mode);
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<int> RefreshAsync()
    {
        if (Refusal is < 0 and int refusal)
            return refusal;
        int result = await engine.PerformAsync(Scope, Enter(SimulatedOperation.Refresh));
        if (result == 0)
            _length = disk.Length;
        _activity.Leave();
        return result;
    }

    /// <inheritdoc />
    public override async IoTask<int> CloseAsync()
    {
        if (_closed)
            return 0;
        _closed = true;
        disk.Count(SimulatedOperation.Close);
        await _activity.DrainAsync();
        Release();
        engine.Forget(this);
        return 0;
    }

    /// <summary>
    /// Its process was killed: by the seed each write in flight is given up, lands now or lands later, and the last one to go takes
    /// the lock with it.
    /// </summary>
    internal void Abandon()
    {
        _closed = true;
        foreach (InFlightWrite write in _writes)
        {
            write.Detach();
            if (engine.Machine.Chance(3))
            {
                disk.End(write);
                continue;
            }
            _orphans++;
            engine.Machine.Schedule(() => Land(write), engine.Machine.NextLatency());
        }
        if (_orphans == 0)
            Release();
    }

    private int Refusal => _closed ? -Errno.EBADF : Scope.IsRevoked ? -Errno.ECANCELED : 0;

    private static SimulatedOperation OperationOf(IoAllocateMode mode) => mode switch
    {
        IoAllocateMode.PunchHole => SimulatedOperation.PunchHole,
        IoAllocateMode.ZeroRange => SimulatedOperation.ZeroRange,
        IoAllocateMode.Discard => SimulatedOperation.Discard,
        _ => SimulatedOperation.Allocate,
    };

    private void Land(InFlightWrite write)
    {
        disk.End(write);
        disk.Write(write.Offset, write.Data, write.IsDurable, !IsDirect);
        if (--_orphans == 0)
            Release();
    }

    private void Release() => disk.Unlock(this);

    private Verdict Enter(SimulatedOperation operation)
    {
        _activity.Enter();
        disk.Count(operation);
        return engine.Machine.Faults.Judge(operation, Path);
    }

    private InFlightWrite Begin(IoBuffer buffer, long offset, bool durable)
    {
        InFlightWrite write = _free.TryPop(out InFlightWrite? free) ? free : new InFlightWrite();
        write.Set(buffer, offset, durable);
        _writes.Add(write);
        disk.Begin(write);
        return write;
    }

    private void End(InFlightWrite write)
    {
        disk.End(write);
        _writes.Remove(write);
        _free.Push(write);
    }

    private bool IsMisaligned(IoBuffer buffer, long offset) =>
        IsDirect && ((offset | (uint)buffer.Length | buffer.Address) & (disk.SectorSize - 1)) != 0;

    private IoBuffer Cut(IoBuffer buffer, Verdict verdict)
    {
        int unit = Alignment;
        int units = buffer.Length / unit;
        return verdict.IsShort && units > 1 ? buffer.Slice(0, engine.Machine.Random.Next(1, units) * unit) : buffer;
    }

    private int Write(IoBuffer buffer, long offset, bool durable)
    {
        if (IsBlockDevice && offset >= disk.Length)
            return -Errno.ENOSPC;
        IoBuffer fitting = IsBlockDevice ? buffer.Slice(0, (int)Math.Min(buffer.Length, disk.Length - offset)) : buffer;
        disk.Write(offset, fitting.Span, durable, !IsDirect);
        _length = Math.Max(_length, offset + fitting.Length);
        return fitting.Length;
    }

    private int Allocate(IoAllocateMode mode, long offset, long length)
    {
        if (!disk.CanAllocate)
            return -Errno.EOPNOTSUPP;
        if (IsBlockDevice && (((offset | length) & (disk.SectorSize - 1)) != 0 || offset + length > disk.Length))
            return -Errno.EINVAL;
        switch (mode)
        {
            case IoAllocateMode.AllocateKeepSize:
                break;
            case IoAllocateMode.Allocate:
                if (offset + length > disk.Length)
                    disk.Truncate(offset + length, !IsDirect);
                _length = disk.Length;
                break;
            case IoAllocateMode.Discard when IsBlockDevice && engine.Machine.Chance(2):
                // What a discarded range of a device reads as is anybody's guess: here as before, or as zeroes.
                break;
            default:
                disk.Zero(offset, length, !IsDirect);
                break;
        }
        return 0;
    }
}
