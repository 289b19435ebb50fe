using Tapvisor.Messages;
using Tapvisor.Native;
using static Tapvisor.Messages.TapdiskMessageFlags;
using static Tapvisor.Messages.TapdiskMessageLayout;

namespace Tapvisor.Tests.Messages;

public sealed class TapdiskMessageCodecTests
{
    private static readonly byte[] AnyKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static readonly TapdiskRequest.Open WithLogAndKey =
        Open(TAPDISK_MESSAGE_FLAG_ADD_LOG | TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED) with
        {
            LogPath = "/log",
            Key = new EncryptionKey(AnyKey),
        };

    [Fact]
    public void The_list_request_is_the_four_bytes_of_the_specification_and_zeros()
    {
        byte[] expected = new byte[MessageLength];
        new byte[] { 0x13, 0x00, 0xFF, 0xFF }.CopyTo(expected, 0);
        Assert.Equal(expected, TapdiskMessageCodec.Encode(new TapdiskRequest.List()));
    }

    [Fact]
    public void A_log_path_and_a_key_follow_an_open_in_this_order()
    {
        byte[] bytes = TapdiskMessageCodec.Encode(WithLogAndKey);
        Assert.Equal(MessageLength + LogPathLength + 1 + 32, bytes.Length);
        Assert.Equal("/log\0"u8, bytes.AsSpan(MessageLength, 5));
        Assert.Equal(32, bytes[MessageLength + LogPathLength]);
        Assert.Equal(AnyKey, bytes[^32..]);
    }

    [Fact]
    public void A_receiver_learns_step_by_step_how_much_an_open_still_sends()
    {
        byte[] bytes = TapdiskMessageCodec.Encode(WithLogAndKey);
        List<int> steps = [];
        for (int have = 0; have < bytes.Length; have = steps[^1])
            steps.Add(TapdiskMessageCodec.RequestLength(bytes.AsSpan(0, have)));
        Assert.Equal([544, 801, 833], steps);
    }

    [Fact]
    public void A_resume_never_carries_a_key()
    {
        var resume = new TapdiskRequest.Resume(1, new TapdiskParams { Flags = TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED });
        byte[] bytes = TapdiskMessageCodec.Encode(resume);
        Assert.Equal(MessageLength, bytes.Length);
        Assert.Equal(resume, TapdiskMessageCodec.DecodeRequest(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    [InlineData(255)]
    public void A_key_of_a_length_that_no_key_has_is_EINVAL(byte length)
    {
        byte[] bytes = new byte[MessageLength + 1 + length];
        TapdiskMessageCodec.Encode(new TapdiskRequest.Open(0, new TapdiskParams { Flags = None })).CopyTo(bytes, 0);
        bytes[ParamsFlags + 1] = 0x04;
        bytes[MessageLength] = length;
        Assert.Equal(Errno.EINVAL, Assert.Throws<ControlException>(() => TapdiskMessageCodec.RequestLength(bytes)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<ControlException>(() => TapdiskMessageCodec.DecodeRequest(bytes)).Errno);
    }

    [Fact]
    public void A_key_never_shows_in_text()
    {
        using var key = new EncryptionKey("secret-secret-secret-secret-1234"u8);
        var open = Open(TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED) with { Key = key };
        Assert.DoesNotContain("secret", open.ToString(), StringComparison.Ordinal);
        Assert.Contains("256 bits", open.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_key_is_not_there_any_more()
    {
        var key = new EncryptionKey(AnyKey);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.Length);
    }

    [Fact]
    public void A_path_of_255_bytes_fits_and_one_of_256_is_ENAMETOOLONG()
    {
        var open = new TapdiskRequest.Open(0, new TapdiskParams { Path = new string('ä', 127) + "a" });
        Assert.Equal(open, TapdiskMessageCodec.DecodeRequest(TapdiskMessageCodec.Encode(open)));
        var longer = new TapdiskRequest.Open(0, new TapdiskParams { Path = new string('ä', 128) });
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<ControlException>(() => TapdiskMessageCodec.Encode(longer)).Errno);
    }

    [Fact]
    public void An_unterminated_path_is_EINVAL_whatever_the_type()
    {
        byte[] bytes = TapdiskMessageCodec.Encode(new TapdiskRequest.Pid());
        bytes.AsSpan(ParamsPath, StringLength).Fill((byte)'x');
        Assert.Equal(Errno.EINVAL, Assert.Throws<ControlException>(() => TapdiskMessageCodec.DecodeRequest(bytes)).Errno);
    }

    [Theory]
    [InlineData(ParamsSecondary, TapdiskMessageType.TAPDISK_MESSAGE_OPEN)]
    [InlineData(BlkifPool, TapdiskMessageType.TAPDISK_MESSAGE_XENBLKIF_CONNECT)]
    public void An_unterminated_string_is_EINVAL(int offset, TapdiskMessageType type)
    {
        byte[] bytes = new byte[MessageLength];
        bytes[0] = (byte)type;
        bytes.AsSpan(offset, StringLength).Fill((byte)'x');
        bytes[ParamsPath] = 0;
        Assert.Equal(Errno.EINVAL, Assert.Throws<ControlException>(() => TapdiskMessageCodec.DecodeRequest(bytes)).Errno);
    }

    [Fact]
    public void A_path_that_is_not_UTF8_is_EILSEQ()
    {
        byte[] bytes = TapdiskMessageCodec.Encode(new TapdiskRequest.Open(0, new TapdiskParams { Path = "aio:x" }));
        bytes[ParamsPath + 4] = 0xFF;
        Assert.Equal(Errno.EILSEQ, Assert.Throws<ControlException>(() => TapdiskMessageCodec.DecodeRequest(bytes)).Errno);
    }

    [Fact]
    public void An_error_text_is_cut_between_characters()
    {
        var error = new TapdiskResponse.Error(3, Errno.EIO, "a" + new string('ä', 200));
        var decoded = (TapdiskResponse.Error)TapdiskMessageCodec.DecodeResponse(TapdiskMessageCodec.Encode(error));
        Assert.Equal("a" + new string('ä', 127), decoded.Text);
    }

    [Theory]
    [InlineData(16 * 1024 * 1024 + 1)]
    [InlineData(ulong.MaxValue)]
    public void Statistics_of_absurd_length_are_refused(ulong length)
    {
        byte[] bytes = TapdiskMessageCodec.Encode(new TapdiskResponse.Stats(0, ""));
        BitConverter.TryWriteBytes(bytes.AsSpan(StatLength), length);
        Assert.Equal(Errno.EPROTO, Assert.Throws<ControlException>(() => TapdiskMessageCodec.ResponseLength(bytes)).Errno);
    }

    [Theory]
    [InlineData(5, 0, 5)]
    [InlineData(1, 4, 5)]
    [InlineData(2, 0, 0)]
    [InlineData(2, 0, 134)]
    public void A_nonsensical_fault_is_EINVAL(uint kind, uint operation, uint argument)
    {
        byte[] bytes = TapdiskMessageCodec.Encode(
            new TapdiskRequest.Inject(0, (FaultKind)kind, (FaultOperation)operation, argument, 0));
        Assert.Equal(Errno.EINVAL, Assert.Throws<ControlException>(() => TapdiskMessageCodec.DecodeRequest(bytes)).Errno);
    }

    [Fact]
    public void An_OPEN_whose_flags_and_key_disagree_is_not_encoded()
    {
        Assert.Throws<ControlException>(() => TapdiskMessageCodec.Encode(Open(TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED)));
        Assert.Throws<ControlException>(() => TapdiskMessageCodec.Encode(Open(None) with { Key = new EncryptionKey(AnyKey) }));
    }

    private static TapdiskRequest.Open Open(TapdiskMessageFlags flags) => new(7, new TapdiskParams { Path = "aio:/disk", Flags = flags });
}
