using System.Buffers.Binary;
using System.Text;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.RingDevices.Nbd.Wire;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdWireTests
{
    [Fact]
    public void A_request_survives_the_wire() => Seeds.Run(200, seed =>
    {
        var random = new Random(seed);
        var (flags, command) = ((NbdCommandFlags)random.Next(1 << 16), (NbdCommand)random.Next(1 << 16));
        var request = new NbdRequest(flags, command, (ulong)random.NextInt64(), (ulong)-random.NextInt64(), (uint)random.NextInt64());
        var wire = new byte[NbdMagic.RequestSize];
        request.Write(wire);
        Assert.True(NbdRequest.TryRead(wire, out NbdRequest read));
        Assert.Equal(request, read);
    });

    [Fact]
    public void A_request_lies_on_the_wire_as_the_protocol_says()
    {
        var wire = new byte[28];
        var request = new NbdRequest(
            NbdCommandFlags.NBD_CMD_FLAG_FUA, NbdCommand.NBD_CMD_WRITE, 0x0102030405060708, 0x1112131415161718, 0x21222324);
        request.Write(wire);
        Assert.Equal("25609513" + "0001" + "0001" + "0102030405060708" + "1112131415161718" + "21222324", Convert.ToHexStringLower(wire));
    }

    [Fact]
    public void A_wrong_magic_is_no_request()
    {
        var wire = new byte[NbdMagic.RequestSize];
        new NbdRequest(0, 0, 1, 2, 3).Write(wire);
        for (int bit = 0; bit < 32; bit++)
        {
            wire[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(NbdRequest.TryRead(wire, out _));
            wire[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Replies_lie_on_the_wire_as_the_protocol_says()
    {
        var wire = new byte[NbdReply.MaxHeaderSize];
        int length = NbdReply.WriteSimple(wire, 0x0102030405060708, NbdError.NBD_EIO);
        Assert.Equal("67446698" + "00000005" + "0102030405060708", Convert.ToHexStringLower(wire.AsSpan(0, length)));
        length = NbdReply.WriteOffsetData(wire, 0x0102030405060708, 0x1000, 512);
        Assert.Equal(
            "668e33ef" + "0001" + "0001" + "0102030405060708" + "00000208" + "0000000000001000",
            Convert.ToHexStringLower(wire.AsSpan(0, length)));
        length = NbdReply.WriteBlockStatus(wire, 0x0102030405060708, 2);
        Assert.Equal(
            "668e33ef" + "0001" + "0005" + "0102030405060708" + "00000014" + "00000001", Convert.ToHexStringLower(wire.AsSpan(0, length)));
        length = NbdReply.WriteError(wire, 0x0102030405060708, NbdError.NBD_EINVAL, "no");
        Assert.Equal(
            "668e33ef" + "0001" + "8001" + "0102030405060708" + "00000008" + "00000016" + "0002" + "6e6f",
            Convert.ToHexStringLower(wire.AsSpan(0, length)));
    }

    [Fact]
    public void A_long_error_message_is_cut()
    {
        var wire = new byte[NbdReply.MaxHeaderSize];
        Assert.Equal(NbdReply.MaxHeaderSize, NbdReply.WriteError(wire, 1, NbdError.NBD_EIO, new string('x', 1000)));
        Assert.Equal(NbdReply.MaxHeaderSize - 20, (int)BinaryPrimitives.ReadUInt32BigEndian(wire.AsSpan(16)));
        Assert.Equal(NbdReply.MaxHeaderSize - 26, BinaryPrimitives.ReadUInt16BigEndian(wire.AsSpan(24)));
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(Errno.EPERM, 1u)]
    [InlineData(Errno.EROFS, 1u)]
    [InlineData(Errno.EIO, 5u)]
    [InlineData(Errno.ENOMEM, 12u)]
    [InlineData(Errno.EINVAL, 22u)]
    [InlineData(Errno.ENOSPC, 28u)]
    [InlineData(Errno.EDQUOT, 28u)]
    [InlineData(Errno.EFBIG, 28u)]
    [InlineData(Errno.EOVERFLOW, 75u)]
    [InlineData(Errno.EOPNOTSUPP, 22u)]
    [InlineData(Errno.ESHUTDOWN, 108u)]
    [InlineData(Errno.ECANCELED, 5u)]
    [InlineData(99999, 5u)]
    public void Errno_becomes_an_error_of_the_protocol(int errno, uint expected) =>
        Assert.Equal((NbdError)expected, NbdErrors.From(errno, NbdCommand.NBD_CMD_WRITE, NbdCommandFlags.None));

    [Fact]
    public void Option_data_is_never_read_beyond_its_end() => Seeds.Run(2000, seed =>
    {
        var random = new Random(seed);
        var data = new byte[random.Next(24)];
        for (int i = 0; i < data.Length; i++)
            data[i] = (byte)random.Next(random.Next(2) == 0 ? 8 : 256);
        var reader = new NbdOptionReader(data);
        int read = 0;
        bool valid = true;
        while (valid && !reader.IsExhausted)
        {
            switch (random.Next(3))
            {
                case 0 when reader.TryReadUInt16(out ushort two):
                    Assert.Equal(BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(read)), two);
                    read += 2;
                    break;
                case 1 when reader.TryReadUInt32(out uint four):
                    Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(read)), four);
                    read += 4;
                    break;
                case 2 when reader.TryReadString(out ReadOnlySpan<byte> text):
                    Assert.Equal((uint)text.Length, BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(read)));
                    Assert.True(text.SequenceEqual(data.AsSpan(read + 4, text.Length)));
                    read += 4 + text.Length;
                    break;
                default:
                    valid = false;
                    break;
            }
        }
        Assert.Equal(valid, read == data.Length);
    });

    [Fact]
    public void Option_replies_lie_on_the_wire_as_the_protocol_says()
    {
        var wire = new byte[200];
        var writer = new NbdOptionWriter(wire, NbdOption.NBD_OPT_GO);
        writer.Export(1 << 20, NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS);
        writer.Acknowledge();
        Assert.Equal(
            "0003e889045565a9" + "00000007" + "00000003" + "0000000c" + "0000" + "0000000000100000" + "0001"
            + "0003e889045565a9" + "00000007" + "00000001" + "00000000",
            Convert.ToHexStringLower(wire.AsSpan(0, writer.Length)));
        writer = new NbdOptionWriter(wire, (NbdOption)77);
        writer.Refuse(NbdOptionReply.NBD_REP_ERR_UNSUP, "no");
        Assert.Equal(
            "0003e889045565a9" + "0000004d" + "80000001" + "00000002" + "6e6f", Convert.ToHexStringLower(wire.AsSpan(0, writer.Length)));
        Assert.Equal("no", Encoding.ASCII.GetString(wire, 20, 2));
    }
}
