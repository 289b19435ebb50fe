using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Files;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>
/// A disk that an NBD server has (upstream drivers/block-nbd.c). What the server cannot do is done by writing, or, where it is a hint, not at
/// all; a server that offers no flush is taken to need none. A request that meets a broken connection throws, so that the image is opened
/// again, which connects anew.
/// </summary>
/// <param name="connection">Belongs to the image.</param>
/// <param name="terms">What the server can do.</param>
/// <param name="info">What the image is.</param>
/// <param name="scope">The image's.</param>
internal sealed class NbdImage(NbdConnection connection, NbdTerms terms, ImageInfo info, IoScope scope)
    : IImageDriver, IDiscard, IWriteZeroes
{
    private readonly ZeroChunk _zeroes = new(scope.Engine.Buffers);
    private readonly bool _canFlush = terms.Has(NbdTransmissionFlags.NBD_FLAG_SEND_FLUSH);
    private readonly bool _canForce = terms.Has(NbdTransmissionFlags.NBD_FLAG_SEND_FUA);
    private readonly bool _canTrim = terms.Has(NbdTransmissionFlags.NBD_FLAG_SEND_TRIM);
    private readonly bool _canZero = terms.Has(NbdTransmissionFlags.NBD_FLAG_SEND_WRITE_ZEROES);
    private readonly bool _canZeroFast = terms.Has(NbdTransmissionFlags.NBD_FLAG_SEND_FAST_ZERO);
    private bool _isClosed;

    /// <inheritdoc />
    public ImageInfo Info => info;

    /// <inheritdoc />
    public async IoTask<int> ReadAsync(long offset, IoBuffer buffer)
    {
        int result = 0;
        for (int done = 0; done < buffer.Length && result == 0;)
        {
            IoBuffer part = buffer.Slice(done, Math.Min(buffer.Length - done, terms.MaximumTransfer));
            result = await connection.RunAsync(NbdCommand.NBD_CMD_READ, NbdCommandFlags.None, offset + done, part.Length, part);
            done += part.Length;
        }
        return result;
    }

    /// <inheritdoc />
    public async IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options)
    {
        int result = 0;
        NbdCommandFlags flags = ForceOf(options);
        for (int done = 0; done < buffer.Length && result == 0;)
        {
            IoBuffer part = buffer.Slice(done, Math.Min(buffer.Length - done, terms.MaximumTransfer));
            result = await connection.RunAsync(NbdCommand.NBD_CMD_WRITE, flags, offset + done, part.Length, part);
            done += part.Length;
        }
        return result == 0 ? await FlushIfNeededAsync(options) : result;
    }

    /// <inheritdoc />
    public IoTask<int> FlushAsync() => !_canFlush || info.IsReadOnly
        ? new IoTask<int>(0)
        : connection.RunAsync(NbdCommand.NBD_CMD_FLUSH, NbdCommandFlags.None, 0, 0, default);

    /// <inheritdoc />
    public async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options)
    {
        // A hint: where it cannot be taken, not taking it is an answer.
        if (!_canTrim)
            return 0;
        int result = await RunRangesAsync(NbdCommand.NBD_CMD_TRIM, ForceOf(options), offset, length);
        return result == 0 ? await FlushIfNeededAsync(options) : result;
    }

    /// <inheritdoc />
    public async IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options)
    {
        bool isFast = (options & WriteOptions.Fast) != 0;
        if (isFast && !_canZeroFast)
            return -Errno.EOPNOTSUPP;
        if (!_canZero)
            return await _zeroes.WriteAsync(this, offset, length, options & WriteOptions.Durable);
        NbdCommandFlags flags = ForceOf(options)
            | (isFast ? NbdCommandFlags.NBD_CMD_FLAG_FAST_ZERO : NbdCommandFlags.None)
            | ((options & WriteOptions.NoHole) != 0 ? NbdCommandFlags.NBD_CMD_FLAG_NO_HOLE : NbdCommandFlags.None);
        int result = await RunRangesAsync(NbdCommand.NBD_CMD_WRITE_ZEROES, flags, offset, length);
        return result == 0 ? await FlushIfNeededAsync(options) : result;
    }

    /// <inheritdoc />
    public async IoTask<int> CloseAsync()
    {
        if (_isClosed)
            return 0;
        _isClosed = true;
        int flushed = 0;
        var watchdog = new NbdWatchdog(connection.Socket, NbdLimits.CloseTimeout);
        try
        {
            flushed = scope.IsRevoked ? 0 : await FlushAsync();
        }
        catch (BlockException e)
        {
            // Nobody is left to open it again for.
            flushed = -e.Errno;
        }
        int closed = await connection.CloseAsync();
        await watchdog.StopAsync();
        _zeroes.Free();
        return flushed < 0 ? flushed : closed;
    }

    private NbdCommandFlags ForceOf(WriteOptions options) =>
        _canForce && (options & WriteOptions.Durable) != 0 ? NbdCommandFlags.NBD_CMD_FLAG_FUA : NbdCommandFlags.None;

    private IoTask<int> FlushIfNeededAsync(WriteOptions options) =>
        _canForce || (options & WriteOptions.Durable) == 0 ? new IoTask<int>(0) : FlushAsync();

    private async IoTask<int> RunRangesAsync(NbdCommand command, NbdCommandFlags flags, long offset, long length)
    {
        int result = 0;
        while (length > 0 && result == 0)
        {
            int step = (int)Math.Min(length, NbdLimits.MaxRange);
            result = await connection.RunAsync(command, flags, offset, step, default);
            offset += step;
            length -= step;
        }
        return result;
    }
}
