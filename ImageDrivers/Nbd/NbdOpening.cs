using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>Connects to a server, agrees with it in bounded time, and checks what it has.</summary>
internal static class NbdOpening
{
    /// <summary>Opens a server's default export.</summary>
    /// <param name="scope">The image's.</param>
    /// <param name="path">As <see cref="NbdAddress.Parse"/> takes it.</param>
    /// <param name="options">How to open it; whether others use it is the server's business.</param>
    /// <exception cref="BlockException">
    /// What connect(2) says, ETIMEDOUT, what <see cref="NbdClientHandshake.RunAsync"/> says; EROFS for writing to a read-only export; EINVAL
    /// for one that cannot be a disk.
    /// </exception>
    internal static async IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options)
    {
        var address = NbdAddress.Parse(path);
        IoSocket socket = address.Connect(scope);
        try
        {
            NbdTerms terms = await AgreeAsync(socket, path);
            ImageInfo info = InfoOf(terms, path, options.HasFlag(ImageOptions.ReadOnly));
            return new NbdImage(new NbdConnection(socket, path), terms, info, scope);
        }
        catch
        {
            await socket.CloseAsync();
            throw;
        }
    }

    private static async IoTask<NbdTerms> AgreeAsync(IoSocket socket, string server)
    {
        IoEngine engine = socket.Scope.Engine;
        var quota = new BufferQuota(NbdClientHandshake.MemorySize);
        IoBuffer memory = engine.Buffers.Rent(NbdClientHandshake.MemorySize, quota);
        using var parts = new IoVectorList();

        var watchdog = new NbdWatchdog(socket, NbdLimits.HandshakeTimeout);
        try
        {
            return await new NbdClientHandshake(socket, memory, parts, server).RunAsync();
        }
        catch (BlockException) when (watchdog.HasBitten)
        {
            throw new BlockException(
                BlockErrorKind.Io,
                Errno.ETIMEDOUT,
                $"The NBD server '{server}' did not agree within {NbdLimits.HandshakeTimeout.TotalSeconds:0} s.");
        }
        finally
        {
            await watchdog.StopAsync();
            engine.Buffers.Return(memory, quota);
        }
    }

    private static ImageInfo InfoOf(NbdTerms terms, string server, bool isReadOnly)
    {
        if (!isReadOnly && terms.Has(NbdTransmissionFlags.NBD_FLAG_READ_ONLY))
            throw NbdFailures.Unfit(server, Errno.EROFS, "is read-only");
        if (terms.Length is 0 or > long.MaxValue || terms.Length % (ulong)terms.MinimumBlock != 0)
        {
            throw NbdFailures.Unfit(
                server, Errno.EINVAL, $"has {terms.Length} bytes, which is no multiple of {terms.MinimumBlock} that a disk can have");
        }
        return new ImageInfo((long)terms.Length, ImageInfo.SectorBytes, terms.MinimumBlock, isReadOnly);
    }
}
