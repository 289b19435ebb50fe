using System.Buffers.Binary;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages.Nbd;
using Tapvisor.Simulation.Engine;
using Tapvisor.Tests.RingDevices.Nbd;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

/// <summary>A server on a simulated machine that does to each connection what a test says, sense or nonsense.</summary>
internal sealed class NbdScript : IDisposable
{
    internal const string Path = "/sim/server";
    internal const int Size = 1 << 20;

    internal const NbdTransmissionFlags AllFlags = NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS | NbdTransmissionFlags.NBD_FLAG_SEND_FLUSH
        | NbdTransmissionFlags.NBD_FLAG_SEND_FUA | NbdTransmissionFlags.NBD_FLAG_SEND_TRIM | NbdTransmissionFlags.NBD_FLAG_SEND_WRITE_ZEROES;

    private readonly Func<NbdClient, IoTask<int>> _script;
    private readonly BufferQuota _quota = new(long.MaxValue);

    internal NbdScript(Func<NbdClient, IoTask<int>> script, int seed = 1)
    {
        _script = script;
        Engine = new SimulatedEngine(seed);
        Scope = new IoScope(Engine, "image");
        IoListener listener = Engine.Listen(new IoScope(Engine, "server"), Path, 8, UnixFileMode.None);
        Engine.Run(() =>
        {
            _ = ServeAsync(listener);
            return new IoTask<int>(0);
        });
    }

    internal SimulatedEngine Engine { get; }

    internal IoScope Scope { get; }

    /// <summary>What went wrong on the server's side.</summary>
    internal Exception? Failure { get; private set; }

    public void Dispose() => Engine.Dispose();

    internal IImageDriver Open(ImageOptions options = ImageOptions.None) =>
        Engine.Run(() => ImageDriverFactory.OpenAsync(Scope, new ImageName("nbd", Path), options));

    internal T Run<T>(Func<IoTask<T>> work) => Engine.Run(work);

    internal IoBuffer Rent(int length) => Engine.Buffers.Rent(length, _quota);

    internal void Return(IoBuffer buffer) => Engine.Buffers.Return(buffer, _quota);

    /// <summary>Closes the image: nothing of it is left, and the server had no complaint.</summary>
    internal void CloseClean(IImageDriver image)
    {
        Assert.Equal(0, Run(image.CloseAsync));
        Assert.Equal(0, Run(() => Scope.DrainAsync()));
        Engine.AssertNothingLeaked();
        Assert.Null(Failure);
    }

    /// <summary>A fixed newstyle server's part, for a client that asks for GO.</summary>
    internal static async IoTask<int> AgreeAsync(
        NbdClient peer, NbdTransmissionFlags flags = AllFlags, ulong size = Size, params byte[] blockSizes)
    {
        await GreetAsync(peer);
        Assert.Equal((uint)NbdOption.NBD_OPT_GO, await TakeOptionAsync(peer));
        if (blockSizes.Length > 0)
            await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_INFO, [0, (byte)NbdInfo.NBD_INFO_BLOCK_SIZE, .. blockSizes]));
        await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_INFO, [0, (byte)NbdInfo.NBD_INFO_EXPORT, .. Export(size, flags)]));
        return await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_ACK));
    }

    internal static async IoTask<int> GreetAsync(NbdClient peer, byte handshakeFlags = 3)
    {
        await peer.SendAsync([.. UInt64(NbdMagic.NBD_MAGIC), .. UInt64(NbdMagic.IHAVEOPT), 0, handshakeFlags]);
        return (int)BinaryPrimitives.ReadUInt32BigEndian(await peer.ReceiveAsync(4));
    }

    /// <returns>The option's number; its data is thrown away.</returns>
    internal static async IoTask<uint> TakeOptionAsync(NbdClient peer)
    {
        byte[] header = await peer.ReceiveAsync(NbdMagic.OptionHeaderSize);
        await peer.ReceiveAsync((int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)));
        return BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
    }

    internal static byte[] Reply(NbdOptionReply type, params byte[] data) =>
    [
        .. UInt64(NbdMagic.NBD_OPTION_REPLY_MAGIC), .. NbdClient.UInt32((uint)NbdOption.NBD_OPT_GO), .. NbdClient.UInt32((uint)type),
        .. NbdClient.UInt32((uint)data.Length), .. data,
    ];

    internal static byte[] Export(ulong size, NbdTransmissionFlags flags) => [.. UInt64(size), (byte)((int)flags >> 8), (byte)flags];

    internal static byte[] Answer(ulong cookie, uint error = 0, params byte[] data) =>
        [.. NbdClient.UInt32(NbdMagic.NBD_SIMPLE_REPLY_MAGIC), .. NbdClient.UInt32(error), .. UInt64(cookie), .. data];

    internal static byte[] UInt64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>The next request, without the data of a write; null at the end.</summary>
    internal static async IoTask<NbdRequest?> TakeRequestAsync(NbdClient peer)
    {
        byte[] header = await peer.ReceiveAsync(NbdMagic.RequestSize);
        return header.Length == NbdMagic.RequestSize && NbdRequest.TryRead(header, out NbdRequest request) ? request : null;
    }

    private async IoTask<int> ServeAsync(IoListener listener)
    {
        while (await listener.AcceptAsync(listener.Scope) is { } socket)
        {
            using var peer = new NbdClient(socket);
            try
            {
                await _script(peer);
            }
            catch (Exception e)
            {
                Failure = e;
            }
            await socket.CloseAsync();
        }
        return 0;
    }
}
