using System.Text;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Tests.RingDevices.Nbd;
using static Tapvisor.Tests.ImageDrivers.Nbd.NbdScript;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

public sealed class NbdClientHandshakeTests
{
    [Fact]
    public void A_server_that_knows_go_is_asked_for_its_block_sizes()
    {
        IImageDriver image = Opened(peer => AgreeAsync(peer, blockSizes: [0, 0, 16, 0, 0, 0, 16, 0, 0, 16, 0, 0]));
        Assert.Equal(new ImageInfo(Size, 512, 1, false), image.Info);
        Assert.Equal(4096, AlignmentOf(image));
    }

    [Fact]
    public void Block_sizes_below_a_sector_are_a_sector() => Assert.Equal(
        512, AlignmentOf(Opened(peer => AgreeAsync(peer, blockSizes: [0, 0, 0, 1, 0, 0, 16, 0, 0, 16, 0, 0]))));

    [Fact]
    public void One_that_does_not_is_asked_by_export_name() => Assert.Equal(Size, Opened(async peer =>
    {
        Assert.Equal(3, await GreetAsync(peer));
        await TakeOptionAsync(peer);
        await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_ERR_UNSUP, Encoding.ASCII.GetBytes("what?")));
        Assert.Equal((uint)NbdOption.NBD_OPT_EXPORT_NAME, await TakeOptionAsync(peer));
        return await peer.SendAsync(Export(Size, AllFlags));
    }).Info.Length);

    [Fact]
    public void An_unfixed_newstyle_server_is_asked_by_export_name_alone_and_sends_its_zeroes() => Assert.Equal(Size, Opened(async peer =>
    {
        Assert.Equal(0, await GreetAsync(peer, handshakeFlags: 0));
        Assert.Equal((uint)NbdOption.NBD_OPT_EXPORT_NAME, await TakeOptionAsync(peer));
        return await peer.SendAsync([.. Export(Size, AllFlags), .. new byte[124]]);
    }).Info.Length);

    [Fact]
    public void An_oldstyle_server_is_taken_at_its_greeting() => Assert.Equal(Size, Opened(peer => peer.SendAsync(
        [.. UInt64(NbdMagic.NBD_MAGIC), .. UInt64(NbdMagic.NBD_OLDSTYLE_MAGIC), .. UInt64(Size), 0, 0, 0, 5, .. new byte[124]])).Info.Length);

    [Fact]
    public void Information_that_nobody_asked_for_is_passed_over() => Assert.Equal(Size, Opened(async peer =>
    {
        await GreetAsync(peer);
        await TakeOptionAsync(peer);
        await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_INFO, [0, 77, .. new byte[60_000]]));
        await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_INFO, [0, 0, .. Export(Size, AllFlags)]));
        return await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_ACK));
    }).Info.Length);

    [Fact]
    public void What_the_server_says_of_a_refusal_is_told()
    {
        BlockException error = Refused(async peer =>
        {
            await GreetAsync(peer);
            await TakeOptionAsync(peer);
            return await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_ERR_UNKNOWN, Encoding.ASCII.GetBytes("no\u001b such disk")));
        });
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains("does not exist (no such disk)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(513UL)]
    [InlineData(ulong.MaxValue - 511)]
    public void A_size_that_no_disk_has_is_EINVAL(ulong size) =>
        Assert.Equal(Errno.EINVAL, Refused(peer => AgreeAsync(peer, AllFlags, size)).Errno);

    [Fact]
    public void A_read_only_export_is_EROFS_for_writing_and_right_for_reading()
    {
        static IoTask<int> Serve(NbdClient peer) => AgreeAsync(peer, AllFlags | NbdTransmissionFlags.NBD_FLAG_READ_ONLY);
        Assert.Equal(Errno.EROFS, Refused(Serve).Errno);
        Assert.True(Opened(Serve, ImageOptions.ReadOnly).Info.IsReadOnly);
    }

    [Theory]
    [InlineData("48545450")]
    [InlineData("4e42444d41474943" + "1122334455667788")]
    [InlineData("4e42444d41474943" + "49484156454f5054" + "0003" + "0003e889045565a9" + "00000006" + "00000001" + "00000000")]
    [InlineData("4e42444d41474943" + "49484156454f5054" + "0003" + "0003e889045565a9" + "00000007" + "00000001" + "00000000")]
    [InlineData("4e42444d41474943" + "49484156454f5054" + "0003" + "0003e889045565a9" + "00000007" + "00000003" + "ffffffff")]
    [InlineData("4e42444d41474943" + "49484156454f5054" + "0003" + "0003e889045565a9" + "00000007" + "00000003" + "00000001" + "00")]
    [InlineData("4e42444d41474943" + "49484156454f5054" + "0003" + "0003e889045565a9" + "00000007" + "00000003" + "00000004" + "00000000")]
    [InlineData("4e42444d41474943" + "49484156454f5054" + "0003" + "0003e889045565a9" + "00000007" + "00000003" + "0000000e" + "0003000000030000000300000003")]
    public void Garbage_is_refused_and_nothing_stays(string wire)
    {
        BlockException error = Refused(peer => peer.SendAsync(Convert.FromHexString(wire)));
        Assert.True(error.Errno is Errno.EPROTO or Errno.ECONNRESET or Errno.EPIPE, error.Message);
    }

    [Fact]
    public void Endless_replies_end() => Assert.Contains("more than 64 times", Refused(async peer =>
    {
        await GreetAsync(peer);
        await TakeOptionAsync(peer);
        int sent = 0;
        while (sent >= 0)
            sent = await peer.SendAsync(Reply(NbdOptionReply.NBD_REP_INFO, 0, 77));
        return sent;
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_silent_server_is_ETIMEDOUT_after_a_while()
    {
        using var script = new NbdScript(async peer => (await peer.ReceiveAsync(1)).Length);
        long start = script.Engine.Now;
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<BlockException>(() => script.Open()).Errno);
        Assert.InRange(script.Engine.Now - start, NbdLimits.HandshakeTimeout.TotalNanoseconds, 2 * NbdLimits.HandshakeTimeout.TotalNanoseconds);
        script.Engine.AssertNothingLeaked();
    }

    [Fact]
    public void Random_bytes_never_do_harm() => Seeds.Run(300, seed =>
    {
        var random = new Random(seed);
        Refused(
            async peer =>
            {
                var bytes = new byte[random.Next(400)];
                random.NextBytes(bytes);
                byte[] greeting = [.. UInt64(NbdMagic.NBD_MAGIC), .. UInt64(NbdMagic.IHAVEOPT), 0, (byte)random.Next(4)];
                byte[] reply = Reply((NbdOptionReply)random.Next(5), bytes[..Math.Min(bytes.Length, random.Next(30))]);
                return await peer.SendAsync([.. greeting, .. random.Next(2) == 0 ? reply : [], .. bytes]);
            },
            seed);
    });

    private static IImageDriver Opened(Func<NbdClient, IoTask<int>> agree, ImageOptions options = ImageOptions.None)
    {
        using var script = new NbdScript(async peer =>
        {
            await agree(peer);
            Assert.Equal(NbdCommand.NBD_CMD_FLUSH, options == ImageOptions.None ? await TakeAndAnswerAsync(peer) : NbdCommand.NBD_CMD_FLUSH);
            Assert.Equal(NbdCommand.NBD_CMD_DISC, (await TakeRequestAsync(peer))!.Value.Command);
            return 0;
        });
        IImageDriver image = script.Open(options);
        script.CloseClean(image);
        return image;
    }

    private static int AlignmentOf(IImageDriver image) => Assert.IsType<AlignedImage>(image).Inner.Info.Alignment;

    private static async IoTask<NbdCommand> TakeAndAnswerAsync(NbdClient peer)
    {
        NbdRequest request = (await TakeRequestAsync(peer))!.Value;
        await peer.SendAsync(Answer(request.Cookie));
        return request.Command;
    }

    private static BlockException Refused(Func<NbdClient, IoTask<int>> serve, int seed = 1)
    {
        using var script = new NbdScript(serve, seed);
        BlockException error = Assert.Throws<BlockException>(() => script.Open());
        Assert.Equal(0, script.Run(() => script.Scope.DrainAsync()));
        script.Engine.AssertNothingLeaked();
        return error;
    }
}
