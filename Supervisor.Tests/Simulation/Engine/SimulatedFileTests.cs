using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.Simulation.Engine;

public sealed class SimulatedFileTests : IDisposable
{
    private const string Path = "/sim/disk";
    private readonly SimulatedEngine _engine = new(1);
    private readonly IoScope _scope;
    private readonly BufferQuota _quota = new(long.MaxValue);

    public SimulatedFileTests() => _scope = new IoScope(_engine, "test");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        _engine.Files.CreateFile(Path, 1 << 20);
        IoFile file = Open(IoOpenOptions.Direct);
        IoBuffer buffer = Rent(8192, 7);
        Assert.Equal(8192, _engine.Run(() => file.WriteAsync(buffer, 4096)));
        buffer.Span.Clear();
        Assert.Equal(8192, _engine.Run(() => file.ReadAsync(buffer, 4096)));
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void A_file_may_be_terabytes_long()
    {
        const long Length = 16L << 40;
        _engine.Files.CreateFile(Path, Length);
        IoFile file = Open(IoOpenOptions.Direct);
        IoBuffer buffer = Rent(4096, 9);
        Assert.Equal(4096, _engine.Run(() => file.WriteAsync(buffer, Length - 4096)));
        Assert.Equal(Length - 4096, _engine.Run(() => file.SeekAsync(IoSeek.Data, 0)));
        Assert.Equal(Length, _engine.Run(() => file.SeekAsync(IoSeek.Hole, Length - 4096)));
        Assert.Equal(0, _engine.Run(() => file.AllocateAsync(IoAllocateMode.PunchHole, 0, Length)));
        Assert.Equal(-Errno.ENXIO, _engine.Run(() => file.SeekAsync(IoSeek.Data, 0)));
    }

    [Fact]
    public void A_read_at_the_end_is_short()
    {
        _engine.Files.CreateFile(Path, 1000);
        IoFile file = Open(IoOpenOptions.Direct);
        Assert.Equal(488, _engine.Run(() => file.ReadAsync(Rent(512), 512)));
        Assert.Equal(0, _engine.Run(() => file.ReadAsync(Rent(512), 1024)));
    }

    [Theory]
    [InlineData(512, 512, 512, 0, 512)]
    [InlineData(512, 256, 512, 0, -Errno.EINVAL)]
    [InlineData(4096, 4096, 4096, 0, 4096)]
    [InlineData(4096, 512, 4096, 0, -Errno.EINVAL)]
    [InlineData(4096, 0, 512, 0, -Errno.EINVAL)]
    [InlineData(4096, 0, 4096, 512, -Errno.EINVAL)]
    public void Direct_transfers_keep_to_the_sector_of_the_device(int sector, long offset, int length, int skew, int expected)
    {
        _engine.Files.CreateDevice(Path, 1 << 20, sector);
        IoFile file = Open(IoOpenOptions.Direct);
        IoBuffer memory = Rent(8192);
        Assert.Equal(expected, _engine.Run(() => file.ReadAsync(memory.Slice(skew, length), offset)));
    }

    [Fact]
    public void A_device_does_not_grow_by_writing()
    {
        _engine.Files.CreateDevice(Path, 8192);
        IoFile file = Open(IoOpenOptions.Direct);
        Assert.Equal(4096, _engine.Run(() => file.WriteAsync(Rent(8192), 4096)));
        Assert.Equal(-Errno.ENOSPC, _engine.Run(() => file.WriteAsync(Rent(4096), 8192)));
    }

    [Fact]
    public void An_exclusive_lock_keeps_others_out_until_its_file_is_closed()
    {
        _engine.Files.CreateFile(Path, 4096);
        IoFile first = Open(IoOpenOptions.None);
        IoFile second = Open(IoOpenOptions.None);
        Assert.Equal(0, _engine.Run(() => first.LockAsync(IoLock.Exclusive)));
        Assert.Equal(-Errno.EAGAIN, _engine.Run(() => second.LockAsync(IoLock.Shared)));
        Assert.Equal(0, _engine.Run(() => first.CloseAsync()));
        Assert.Equal(0, _engine.Run(() => second.LockAsync(IoLock.Exclusive)));
    }

    [Fact]
    public void A_lock_outlives_a_killed_process_until_its_last_write_has_landed() => Seeds.Run(50, seed =>
    {
        var machine = new SimulatedMachine(seed);
        SimulatedDisk disk = machine.Files.CreateFile(Path, 1 << 20);
        using var first = new SimulatedEngine(machine, "first");
        using var second = new SimulatedEngine(machine, "second");
        var firstScope = new IoScope(first, "first");
        IoFile doomed = first.Run(() => first.OpenAsync(firstScope, Path, IoOpenOptions.Direct));
        first.Run(() => doomed.LockAsync(IoLock.Exclusive));
        for (int block = 0; block < 8; block++)
        {
            IoBuffer buffer = first.Buffers.Rent(4096, _quota);
            buffer.Span.Fill(1);
            _ = first.RunAsync(() => doomed.WriteAsync(buffer, buffer.Address % 97 * 4096));
        }
        machine.Advance(TimeSpan.FromMicroseconds(50));
        first.Kill();

        var secondScope = new IoScope(second, "second");
        IoFile successor = second.Run(() => second.OpenAsync(secondScope, Path, IoOpenOptions.Direct));
        while (second.Run(() => successor.LockAsync(IoLock.Exclusive)) != 0)
        {
        }
        byte[] atLock = disk.Content(0, 1 << 20);
        machine.Run();
        Assert.Equal(atLock, disk.Content(0, 1 << 20));
    });

    [Fact]
    public void A_fault_strikes_the_operations_it_names_and_no_others()
    {
        _engine.Files.CreateFile(Path, 1 << 20);
        _engine.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Read, Skip = 1, Count = 1, Errno = Errno.EIO });
        IoFile file = Open(IoOpenOptions.Direct);
        IoBuffer buffer = Rent(4096);
        Assert.Equal(4096, _engine.Run(() => file.WriteAsync(buffer, 0)));
        Assert.Equal(4096, _engine.Run(() => file.ReadAsync(buffer, 0)));
        Assert.Equal(-Errno.EIO, _engine.Run(() => file.ReadAsync(buffer, 0)));
        Assert.Equal(4096, _engine.Run(() => file.ReadAsync(buffer, 0)));
    }

    [Fact]
    public void A_short_transfer_moves_whole_sectors_and_not_all()
    {
        _engine.Files.CreateDevice(Path, 1 << 20);
        _engine.Machine.Faults.Add(new SimulatedFault { IsShort = true });
        IoFile file = Open(IoOpenOptions.Direct);
        int written = _engine.Run(() => file.WriteAsync(Rent(8192, 1), 0));
        Assert.InRange(written, 512, 8192 - 512);
        Assert.Equal(0, written % 512);
        Assert.Equal(1, _engine.Files[Path].Content(written - 1, 1)[0]);
        Assert.Equal(0, _engine.Files[Path].Content(written, 1)[0]);
    }

    [Fact]
    public async Task What_hangs_ends_when_its_scope_is_revoked()
    {
        _engine.Files.CreateFile(Path, 1 << 20);
        _engine.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Write, Hangs = true });
        IoFile file = Open(IoOpenOptions.Direct);
        Task<int> write = _engine.RunAsync(() => file.WriteAsync(Rent(4096, 1), 0));
        _engine.Run();
        Assert.False(write.IsCompleted);
        Assert.Equal(1, _scope.Outstanding);
        _scope.Revoke();
        Assert.Equal(0, _engine.Run(() => _scope.DrainAsync()));
        Assert.Equal(-Errno.ECANCELED, await write);
        Assert.Equal(-Errno.ECANCELED, _engine.Run(() => file.WriteAsync(Rent(4096), 0)));
        Assert.Equal(0, _engine.Run(() => file.CloseAsync()));
        Assert.Equal(-Errno.EBADF, _engine.Run(() => file.ReadAsync(Rent(4096), 0)));
    }

    [Fact]
    public async Task What_hangs_goes_on_when_it_is_released()
    {
        _engine.Files.CreateFile(Path, 1 << 20);
        _engine.Machine.Faults.Add(new SimulatedFault { Operation = SimulatedOperation.Read, Count = 1, Hangs = true });
        IoFile file = Open(IoOpenOptions.Direct);
        Task<int> read = _engine.RunAsync(() => file.ReadAsync(Rent(4096), 0));
        _engine.Run();
        Assert.False(read.IsCompleted);
        _engine.Machine.ReleaseHung();
        _engine.Run();
        Assert.Equal(4096, await read);
    }

    [Theory]
    [InlineData(SimulatedDiskKind.Directory, Errno.EISDIR)]
    [InlineData(SimulatedDiskKind.Fifo, Errno.EINVAL)]
    [InlineData(SimulatedDiskKind.CharacterDevice, Errno.EINVAL)]
    internal void What_is_no_disk_does_not_open(SimulatedDiskKind kind, int errno)
    {
        _engine.Files.CreateOther(Path, kind);
        var error = Assert.Throws<BlockException>(() => Open(IoOpenOptions.ReadOnly));
        Assert.Equal(errno, error.Errno);
        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
    }

    private IoFile Open(IoOpenOptions options) => _engine.Run(() => _engine.OpenAsync(_scope, Path, options));

    private IoBuffer Rent(int length, byte fill = 0)
    {
        IoBuffer buffer = _engine.Buffers.Rent(length, _quota);
        buffer.Span.Fill(fill);
        return buffer;
    }
}
