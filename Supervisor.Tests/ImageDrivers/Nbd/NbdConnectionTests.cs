using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.Tests.RingDevices.Nbd;
using static Tapvisor.Tests.ImageDrivers.Nbd.NbdScript;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

public sealed class NbdConnectionTests
{
    [Fact]
    public void Replies_may_come_in_any_order()
    {
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer);
            NbdRequest first = (await TakeRequestAsync(peer))!.Value;
            NbdRequest second = (await TakeRequestAsync(peer))!.Value;
            await peer.SendAsync(Answer(second.Cookie, data: ImageFixture.Pattern(512, (byte)(second.Offset / 512))));
            await peer.SendAsync(Answer(first.Cookie, data: ImageFixture.Pattern(512, (byte)(first.Offset / 512))));
            return await FinishAsync(peer);
        });
        IImageDriver image = script.Open();
        (IoBuffer one, IoBuffer two) = (script.Rent(512), script.Rent(512));
        script.Run(async IoTask<int> () =>
        {
            IoTask<int> first = image.ReadAsync(512, one);
            IoTask<int> second = image.ReadAsync(1024, two);
            Assert.Equal((0, 0), (await first, await second));
            return 0;
        });
        Assert.False(one.Span.ContainsAnyExcept((byte)1));
        Assert.False(two.Span.ContainsAnyExcept((byte)2));
        script.Return(one);
        script.Return(two);
        script.CloseClean(image);
    }

    [Theory]
    [InlineData(1u, Errno.EPERM)]
    [InlineData(5u, Errno.EIO)]
    [InlineData(12u, Errno.ENOMEM)]
    [InlineData(22u, Errno.EINVAL)]
    [InlineData(28u, Errno.ENOSPC)]
    [InlineData(75u, Errno.EOVERFLOW)]
    [InlineData(95u, Errno.EOPNOTSUPP)]
    [InlineData(99u, Errno.EIO)]
    [InlineData(uint.MaxValue, Errno.EIO)]
    public void An_error_of_the_server_is_the_requests_and_the_connection_goes_on(uint error, int errno)
    {
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer);
            await peer.SendAsync(Answer((await TakeRequestAsync(peer))!.Value.Cookie, error));
            return await FinishAsync(peer);
        });
        IImageDriver image = script.Open();
        Assert.Equal(-errno, TryRead(script, image));
        script.CloseClean(image);
    }

    [Fact]
    public void More_requests_than_fit_wait_for_their_turn()
    {
        const int Requests = NbdLimits.MaxRequests + 40;
        int open = 0;
        int most = 0;
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer, AllFlags & ~NbdTransmissionFlags.NBD_FLAG_SEND_FLUSH);
            var cookies = new Queue<ulong>();
            for (int taken = 0; taken < Requests; taken++)
            {
                cookies.Enqueue((await TakeRequestAsync(peer))!.Value.Cookie);
                most = Math.Max(most, ++open);
                while (cookies.Count == NbdLimits.MaxRequests || (taken >= Requests - 1 && cookies.Count > 0))
                {
                    open--;
                    await peer.SendAsync(Answer(cookies.Dequeue()));
                }
            }
            return 0;
        });
        IImageDriver image = script.Open();
        Assert.Equal(0, script.Run(async IoTask<int> () =>
        {
            var tasks = new List<IoTask<int>>();
            for (int i = 0; i < Requests; i++)
                tasks.Add(image.Ability<IDiscard>()!.DiscardAsync(i * 512, 512, WriteOptions.None));
            int worst = 0;
            foreach (IoTask<int> task in tasks)
                worst = Math.Min(worst, await task);
            return worst;
        }));
        Assert.Equal(NbdLimits.MaxRequests, most);
        script.CloseClean(image);
    }

    [Fact]
    public void A_server_that_answers_a_write_before_it_has_taken_its_data_gives_nobodys_memory_away()
    {
        bool isAnswered = false;
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer);
            NbdRequest write = (await TakeRequestAsync(peer))!.Value;
            await peer.SendAsync(Answer(write.Cookie, (uint)NbdError.NBD_ENOSPC));
            for (int i = 0; i < 50; i++)
                await peer.Socket.Scope.Engine.YieldAsync(peer.Socket.Scope);
            Assert.False(isAnswered);
            byte[] data = await peer.ReceiveAsync((int)write.Length);
            Assert.False(data.AsSpan().ContainsAnyExcept((byte)7));
            return await FinishAsync(peer);
        });
        IImageDriver image = script.Open();
        IoBuffer buffer = script.Rent(Size);
        buffer.Span.Fill(7);
        Assert.Equal(-Errno.ENOSPC, script.Run(async IoTask<int> () =>
        {
            int result = await image.WriteAsync(0, buffer, WriteOptions.None);
            isAnswered = true;
            buffer.Span.Clear();
            return result;
        }));
        script.Return(buffer);
        script.CloseClean(image);
    }

    [Theory]
    [InlineData("magic")]
    [InlineData("cookie")]
    [InlineData("twice")]
    [InlineData("unasked")]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("shutdown")]
    public void A_broken_connection_is_thrown_to_all_who_wait_and_to_all_who_come(string how)
    {
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer);
            NbdRequest first = (await TakeRequestAsync(peer))!.Value;
            await TakeRequestAsync(peer);
            byte[] good = Answer(first.Cookie, data: new byte[512]);
            await peer.SendAsync(how switch
            {
                "magic" => [.. new byte[16], .. good],
                "cookie" => Answer(first.Cookie + (1 << 20)),
                "twice" => [.. good, .. good],
                "unasked" => Answer(100),
                "cut" => good[..^1],
                "shutdown" => Answer(first.Cookie, (uint)NbdError.NBD_ESHUTDOWN),
                _ => [1],
            });
            return 0;
        });
        IImageDriver image = script.Open();
        (IoBuffer one, IoBuffer two) = (script.Rent(512), script.Rent(512));
        script.Run(async IoTask<int> () =>
        {
            IoTask<bool> first = ThrowsAsync(image.ReadAsync(0, one));
            IoTask<bool> second = ThrowsAsync(image.ReadAsync(512, two));
            Assert.Equal(how != "twice", await first);
            Assert.True(await second);
            Assert.True(await ThrowsAsync(image.ReadAsync(0, one)));
            return 0;
        });
        script.Return(one);
        script.Return(two);
        Assert.True(script.Run(image.CloseAsync) < 0);
        script.Engine.AssertNothingLeaked();
    }

    [Fact]
    public void Revoking_the_image_ends_what_a_silent_server_holds()
    {
        using var script = new NbdScript(async peer =>
        {
            await AgreeAsync(peer);
            while (await TakeRequestAsync(peer) is not null)
            {
            }
            return 0;
        });
        IImageDriver image = script.Open();
        IoBuffer buffer = script.Rent(512);
        Assert.True(script.Run(async IoTask<bool> () =>
        {
            IoTask<bool> read = ThrowsAsync(image.ReadAsync(0, buffer));
            await script.Engine.DelayAsync(script.Scope, TimeSpan.FromSeconds(1));
            script.Scope.Revoke();
            return await read;
        }));
        script.Return(buffer);
        script.CloseClean(image);
    }

    private static async IoTask<bool> ThrowsAsync(IoTask<int> request)
    {
        try
        {
            await request;
            return false;
        }
        catch (BlockException e) when (e.Kind == BlockErrorKind.Io)
        {
            return true;
        }
    }

    private static int TryRead(NbdScript script, IImageDriver image)
    {
        IoBuffer buffer = script.Rent(512);
        int result = script.Run(() => image.ReadAsync(0, buffer));
        script.Return(buffer);
        return result;
    }

    /// <summary>The last flush, and the farewell.</summary>
    private static async IoTask<int> FinishAsync(NbdClient peer)
    {
        NbdRequest flush = (await TakeRequestAsync(peer))!.Value;
        Assert.Equal(NbdCommand.NBD_CMD_FLUSH, flush.Command);
        await peer.SendAsync(Answer(flush.Cookie));
        Assert.Equal(NbdCommand.NBD_CMD_DISC, (await TakeRequestAsync(peer))!.Value.Command);
        return 0;
    }
}
