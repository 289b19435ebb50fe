using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using Tapvisor.ImageDrivers.Files;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>The file of a VHD: whole transfers, one sync for all who ask for one, zeroes, and memory for metadata on its way.</summary>
internal sealed class VhdFile
{
    private readonly FileFlush _flush;
    private readonly GroupCommit _sync;
    private readonly BufferQuota _quota = new(long.MaxValue);
    private bool _canPunch = true;

    // Changes of metadata that are in the file, and those of them that are stable. What a former process left there may not be.
    private long _metadata = 1;
    private long _stableMetadata;

    internal VhdFile(IoFile file)
    {
        File = file;
        _flush = new FileFlush(file);
        _sync = new GroupCommit(PerformSyncAsync);
        Zeroes = new ZeroChunk(file.Scope.Engine.Buffers);
    }

    internal IoFile File { get; }

    /// <summary>All metadata that was found or written is on stable storage, so that a durable write needs no sync.</summary>
    internal bool IsMetadataStable => _stableMetadata == _metadata;

    /// <summary>Zeroes to write; they go with the file.</summary>
    internal ZeroChunk Zeroes { get; }

    /// <summary>Which transfers are under way.</summary>
    internal TransferEras Eras { get; } = new();

    internal async IoTask<int> ReadAsync(long offset, IoBuffer buffer)
    {
        int era = Eras.Enter();
        try
        {
            int moved = await File.ReadAsync(buffer, offset);
            return moved == buffer.Length ? 0 : await WholeTransfer.FinishReadAsync(File, offset, buffer, VhdConstants.VHD_SECTOR_SIZE, moved);
        }
        finally
        {
            Eras.Leave(era);
        }
    }

    internal async IoTask<int> WriteAsync(long offset, IoBuffer buffer, bool durable = false)
    {
        int era = Eras.Enter();
        try
        {
            int moved = await File.WriteAsync(buffer, offset, durable);
            return moved == buffer.Length
                ? 0
                : await WholeTransfer.FinishWriteAsync(File, offset, buffer, VhdConstants.VHD_SECTOR_SIZE, moved, durable);
        }
        finally
        {
            Eras.Leave(era);
        }
    }

    /// <summary>Writes a piece of metadata that shows data.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> WriteMetadataAsync(long offset, IoBuffer buffer)
    {
        int result = await WriteAsync(offset, buffer);
        _metadata++;
        return result;
    }

    /// <summary>Everything that was written before this call is on stable storage afterwards.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> SyncAsync() => _sync.RunAsync();

    /// <summary>Memory for a piece of metadata while it is written: the kernel must not see it change.</summary>
    internal IoBuffer Rent(int length) => File.Scope.Engine.Buffers.Rent(length, _quota);

    internal void Return(IoBuffer buffer) => File.Scope.Engine.Buffers.Return(buffer, _quota);

    /// <summary>Makes a range zero, by a hole if it is large and that is possible.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> ZeroAsync(long offset, long length)
    {
        if (length > ZeroChunk.Size && _canPunch)
        {
            int punched = await File.AllocateAsync(IoAllocateMode.PunchHole, offset, length);
            if (punched != -Errno.EOPNOTSUPP)
                return punched;
            _canPunch = false;
        }
        int result = 0;
        while (length > 0 && result == 0)
        {
            IoBuffer chunk = Zeroes.Of(length);
            result = await WriteAsync(offset, chunk);
            offset += chunk.Length;
            length -= chunk.Length;
        }
        return result;
    }

    /// <summary>Closes, once nothing is in flight.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> CloseAsync()
    {
        int result = await File.CloseAsync();
        Zeroes.Free();
        return result;
    }

    private async IoTask<int> PerformSyncAsync()
    {
        long metadata = _metadata;
        int result = await _flush.RunAsync();
        if (result == 0)
            _stableMetadata = metadata;
        return result;
    }
}
