using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Tests.RingDevices;
using Tapvisor.Tests.RingDevices.Nbd;
using static Tapvisor.Tests.ImageDrivers.Nbd.NbdScript;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

/// <summary>What becomes of an image's requests, at our own server and at ones that can less.</summary>
public sealed class NbdImageTests
{
    [Fact]
    public void Any_requests_in_flight_at_once_do_to_the_servers_disk_what_they_should() => Seeds.Run(30, seed =>
    {
        using var bed = new NbdBed(seed);
        var scope = new IoScope(bed.Engine, "image");
        IImageDriver image = bed.Run(() => ImageDriverFactory.OpenAsync(scope, new ImageName("nbd", "/sim/nbd7.3"), ImageOptions.None));
        byte[] model = new byte[bed.Content.Bytes.Length];
        for (int round = 0; round < 6; round++)
            Assert.Equal(0, bed.Run(() => RoundAsync(bed, image, model, new Random((seed * 100) + round))));
        Assert.Equal(0, bed.Run(image.CloseAsync));
        Assert.True(model.AsSpan().SequenceEqual(bed.Content.Bytes));
        bed.StopClean();
    });

    [Fact]
    public void Options_arrive_at_the_servers_disk()
    {
        using var bed = new NbdBed();
        var scope = new IoScope(bed.Engine, "image");
        IImageDriver image = bed.Run(() => ImageDriverFactory.OpenAsync(scope, new ImageName("nbd", "/sim/nbd7.3"), ImageOptions.None));
        var quota = new BufferQuota(long.MaxValue);
        IoBuffer buffer = bed.Engine.Buffers.Rent(512, quota);
        Assert.Equal(0, bed.Run(() => image.WriteAsync(0, buffer, WriteOptions.Durable)));
        Assert.Equal(0, bed.Run(() => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(512, 512, WriteOptions.NoHole | WriteOptions.Fast)));
        Assert.Equal(0, bed.Run(() => image.Ability<IDiscard>()!.DiscardAsync(1024, 512, WriteOptions.None)));
        bed.Engine.Buffers.Return(buffer, quota);
        Assert.Equal(
            [
                (BlockOperation.Write, 0L, 512L, WriteOptions.Durable),
                (BlockOperation.WriteZeroes, 512L, 512L, WriteOptions.NoHole | WriteOptions.Fast),
                (BlockOperation.Discard, 1024L, 512L, WriteOptions.None),
            ],
            bed.Disk.Log);
        Assert.Equal(0, bed.Run(image.CloseAsync));
        bed.StopClean();
    }

    [Fact]
    public void Without_fua_a_durable_write_is_followed_by_a_flush() => Assert.Equal(
        [NbdCommand.NBD_CMD_WRITE, NbdCommand.NBD_CMD_FLUSH, NbdCommand.NBD_CMD_FLUSH],
        CommandsOf(AllFlags & ~NbdTransmissionFlags.NBD_FLAG_SEND_FUA, image => WriteAsync(image, WriteOptions.Durable)));

    [Fact]
    public void A_server_without_trim_is_not_asked_to() => Assert.Equal(
        [NbdCommand.NBD_CMD_FLUSH],
        CommandsOf(
            AllFlags & ~NbdTransmissionFlags.NBD_FLAG_SEND_TRIM,
            image => image.Ability<IDiscard>()!.DiscardAsync(0, 512, WriteOptions.None)));

    [Fact]
    public void One_without_write_zeroes_is_written_zeroes() => Assert.Equal(
        [NbdCommand.NBD_CMD_WRITE, NbdCommand.NBD_CMD_WRITE, NbdCommand.NBD_CMD_FLUSH],
        CommandsOf(
            AllFlags & ~NbdTransmissionFlags.NBD_FLAG_SEND_WRITE_ZEROES,
            image => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(0, 400 * 1024, WriteOptions.None)));

    [Fact]
    public void Fast_zeroes_are_EOPNOTSUPP_where_nobody_promises_them() => Assert.Equal(
        [NbdCommand.NBD_CMD_FLUSH],
        CommandsOf(AllFlags, async image =>
        {
            int result = await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(0, 512, WriteOptions.Fast);
            return result == -Errno.EOPNOTSUPP ? 0 : -Errno.EIO;
        }));

    [Fact]
    public void One_without_flush_is_not_asked_to() =>
        Assert.Equal([], CommandsOf(NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS, image => image.FlushAsync()));

    [Fact]
    public void What_the_server_takes_at_once_is_not_exceeded() => Assert.Equal(
        [NbdCommand.NBD_CMD_WRITE, NbdCommand.NBD_CMD_WRITE, NbdCommand.NBD_CMD_WRITE, NbdCommand.NBD_CMD_FLUSH],
        CommandsOf(AllFlags, image => WriteAsync(image, WriteOptions.None, 10 * 1024), 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 16, 0));

    /// <summary>What a server with these flags is asked, until it is taken leave of.</summary>
    private static List<NbdCommand> CommandsOf(NbdTransmissionFlags flags, Func<IImageDriver, IoTask<int>> work, params byte[] blockSizes)
    {
        var commands = new List<NbdCommand>();
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer, flags, blockSizes: blockSizes);
            while (await TakeRequestAsync(peer) is { Command: not NbdCommand.NBD_CMD_DISC } request)
            {
                commands.Add(request.Command);
                if (request.Command == NbdCommand.NBD_CMD_WRITE)
                    await peer.ReceiveAsync((int)request.Length);
                await peer.SendAsync(Answer(request.Cookie));
            }
            return 0;
        });
        IImageDriver image = script.Open();
        Assert.Equal(0, script.Run(() => work(image)));
        script.CloseClean(image);
        return commands;
    }

    private static async IoTask<int> WriteAsync(IImageDriver image, WriteOptions options, int length = 512)
    {
        var quota = new BufferQuota(long.MaxValue);
        IoBuffer buffer = IoEngine.Current!.Buffers.Rent(length, quota);
        int result = await image.WriteAsync(0, buffer, options);
        IoEngine.Current!.Buffers.Return(buffer, quota);
        return result;
    }

    /// <summary>Requests on parts of the disk that do not overlap, all at once.</summary>
    private static async IoTask<int> RoundAsync(NbdBed bed, IImageDriver image, byte[] model, Random random)
    {
        const int Parts = 24;
        int part = model.Length / Parts / 512 * 512;
        var tasks = new List<IoTask<int>>();
        for (int i = 0; i < Parts; i++)
        {
            int offset = (i * part) + random.Next(part / 2);
            tasks.Add(RequestAsync(bed, image, model, offset, random.Next(1, part / 2), random.Next(4), (byte)random.Next(256)));
        }
        int worst = 0;
        foreach (IoTask<int> task in tasks)
            worst = Math.Min(worst, await task);
        return worst;
    }

    private static async IoTask<int> RequestAsync(
        NbdBed bed, IImageDriver image, byte[] model, int offset, int length, int kind, byte value)
    {
        var quota = new BufferQuota(long.MaxValue);
        IoBuffer buffer = bed.Engine.Buffers.Rent(length, quota);
        int result;
        if (kind == 0)
        {
            result = await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(offset, length, WriteOptions.None);
            model.AsSpan(offset, length).Clear();
        }
        else if (kind == 1)
        {
            buffer.Span.Fill(value);
            result = await image.WriteAsync(offset, buffer, WriteOptions.None);
            model.AsSpan(offset, length).Fill(value);
        }
        else
        {
            result = await image.ReadAsync(offset, buffer);
            Assert.True(buffer.Span.SequenceEqual(model.AsSpan(offset, length)));
        }
        bed.Engine.Buffers.Return(buffer, quota);
        return result;
    }
}
