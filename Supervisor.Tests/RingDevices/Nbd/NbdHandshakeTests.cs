using System.Buffers.Binary;
using System.Text;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.Nbd.Handshake;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdHandshakeTests
{
    private const NbdOption ExportName = NbdOption.NBD_OPT_EXPORT_NAME;
    private const NbdOption Go = NbdOption.NBD_OPT_GO;
    private const NbdOption SetContext = NbdOption.NBD_OPT_SET_META_CONTEXT;
    private const NbdOption ListContext = NbdOption.NBD_OPT_LIST_META_CONTEXT;
    private const NbdOptionReply Ack = NbdOptionReply.NBD_REP_ACK;
    private const NbdOptionReply Invalid = NbdOptionReply.NBD_REP_ERR_INVALID;

    [Theory]
    [InlineData("/sim/nbd7.3")]
    [InlineData("/sim/nbd-old7.3")]
    public void Both_listeners_greet_in_fixed_newstyle(string path)
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect(path);
        Assert.Equal("4e42444d41474943" + "49484156454f5054" + "0003", Convert.ToHexStringLower(bed.Run(() => client.GreetAsync())));
    }

    [Theory]
    [InlineData(3u, 10)]
    [InlineData(1u, 134)]
    [InlineData(0u, 134)]
    public void Export_name_is_answered_with_or_without_zeroes(uint flags, int length)
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect();
        bed.Run(() => client.GreetAsync((NbdClientFlags)flags));
        bed.Run(() => client.SendAsync(NbdClient.Option(ExportName, "tapdisk_client\0"u8.ToArray())));
        byte[] answer = bed.Run(() => client.ReceiveAsync(length));
        Assert.Equal(1UL << 20, BinaryPrimitives.ReadUInt64BigEndian(answer));
        Assert.Equal(0x096d, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(8)));
        Assert.All(answer[10..], zero => Assert.Equal(0, zero));
        Assert.Equal(512, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_READ, 0, 512)).Data.Length);
    }

    [Fact]
    public void Unknown_client_flags_end_the_connection()
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect();
        bed.Run(() => client.GreetAsync((NbdClientFlags)7));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        Assert.Contains(bed.Log.Complaints, line => line.Contains("0x00000007", StringComparison.Ordinal));
        bed.StopClean();
    }

    [Fact]
    public void Abort_is_acknowledged_before_the_end()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        Assert.Equal([Ack], Types(bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_ABORT))));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        Assert.Empty(bed.Log.Complaints);
        bed.StopClean();
    }

    [Fact]
    public void List_names_the_one_export()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        List<NbdOptionAnswer> answers = bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_LIST));
        Assert.Equal([NbdOptionReply.NBD_REP_SERVER, Ack], Types(answers));
        Assert.Equal(NbdClient.Text("tapdisk_client"), answers[0].Data);
        Assert.Equal([Invalid], Types(bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_LIST, 1))));
    }

    [Fact]
    public void Info_tells_size_and_block_sizes_and_what_else_is_asked()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        List<NbdOptionAnswer> answers = bed.Run(() => client.AskAsync(
            NbdOption.NBD_OPT_INFO, NbdClient.InfoData("any", NbdInfo.NBD_INFO_NAME, NbdInfo.NBD_INFO_DESCRIPTION, (NbdInfo)77)));
        Assert.Equal(
            [NbdInfo.NBD_INFO_EXPORT, NbdInfo.NBD_INFO_BLOCK_SIZE, NbdInfo.NBD_INFO_NAME, NbdInfo.NBD_INFO_DESCRIPTION],
            Infos(answers));
        Assert.Equal("0003" + "00000001" + "00001000" + "02000000", Convert.ToHexStringLower(answers[1].Data));
        Assert.Equal("tapdisk_client", Encoding.ASCII.GetString(answers[2].Data.AsSpan(2)));
        Assert.Equal("Tapvisor disk, minor 3", Encoding.ASCII.GetString(answers[3].Data.AsSpan(2)));
        Assert.Equal(
            [NbdInfo.NBD_INFO_EXPORT, NbdInfo.NBD_INFO_BLOCK_SIZE], Infos(bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("")))));
        Assert.Equal(512, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_READ, 0, 512)).Data.Length);
    }

    [Fact]
    public void The_smallest_block_is_what_the_image_can_do()
    {
        using var bed = new NbdBed(alignment: 512);
        NbdClient client = bed.Connect();
        bed.Run(() => client.GreetAsync());
        Assert.Equal(
            "0003" + "00000200" + "00001000" + "02000000",
            Convert.ToHexStringLower(bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("")))[1].Data));
        Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_READ, 100, 512)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("0000000061620000")]
    [InlineData("ffffffff61620000")]
    [InlineData("00000002616200")]
    [InlineData("0000000261620001")]
    [InlineData("00000002616200000000")]
    public void Info_with_lengths_that_do_not_add_up_is_invalid(string data)
    {
        using NbdBed bed = Greeted(out NbdClient client);
        Assert.Equal([Invalid], Types(bed.Run(() => client.AskAsync(Go, Convert.FromHexString(data)))));
        Assert.Equal(Ack, bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("")))[^1].Type);
    }

    [Theory]
    [InlineData(5u)]
    [InlineData(8u)]
    [InlineData(11u)]
    [InlineData(4u)]
    [InlineData(0xdeadbeefu)]
    public void What_is_not_supported_is_said_so_and_its_data_is_consumed(uint option)
    {
        using NbdBed bed = Greeted(out NbdClient client);
        NbdOptionReply expected = option == 8 ? Invalid : NbdOptionReply.NBD_REP_ERR_UNSUP;
        Assert.Equal([expected], Types(bed.Run(() => client.AskAsync((NbdOption)option, new byte[1000]))));
        Assert.Equal(Ack, bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("")))[^1].Type);
    }

    [Fact]
    public void Too_much_data_is_thrown_away_and_refused()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        Assert.Equal([NbdOptionReply.NBD_REP_ERR_TOO_BIG], Types(bed.Run(() => client.AskAsync(Go, new byte[700_000]))));
        byte[] longName = NbdClient.InfoData(new string('x', 4097));
        Assert.Equal([NbdOptionReply.NBD_REP_ERR_TOO_BIG], Types(bed.Run(() => client.AskAsync(Go, longName))));
        Assert.Equal(Ack, bed.Run(() => client.AskAsync(Go, NbdClient.InfoData(new string('x', 4096))))[^1].Type);
    }

    [Theory]
    [InlineData("49484156454f5054" + "00000007" + "7fffffff")]
    [InlineData("49484156454f5054" + "00000001" + "00010001")]
    [InlineData("49484156454f5055" + "00000007" + "00000000")]
    public void Nonsense_ends_the_connection(string header)
    {
        using NbdBed bed = Greeted(out NbdClient client);
        bed.Run(() => client.SendAsync(Convert.FromHexString(header)));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        Assert.Single(bed.Log.Complaints);
        bed.StopClean();
    }

    [Fact]
    public void An_export_name_beyond_the_limit_ends_the_connection()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        bed.Run(() => client.SendAsync(NbdClient.Option(ExportName, new byte[4097])));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
    }

    [Fact]
    public void Endless_options_end_the_connection()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        for (int i = 0; i < NbdHandshake.MaxOptions; i++)
            Assert.NotEmpty(bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_LIST)));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        Assert.Single(bed.Log.Complaints);
    }

    [Fact]
    public void Structured_replies_add_the_flag_DF()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        Assert.Equal([Ack], Types(bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY))));
        byte[] export = bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("")))[0].Data;
        Assert.Equal(0x09ed, BinaryPrimitives.ReadUInt16BigEndian(export.AsSpan(10)));
    }

    [Fact]
    public void Contexts_need_structured_replies()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        Assert.Equal([Invalid], Types(bed.Run(() => client.AskAsync(SetContext, NbdClient.ContextData("", "base:allocation")))));
        Assert.Equal([Invalid], Types(bed.Run(() => client.AskAsync(ListContext, NbdClient.ContextData("")))));
    }

    [Fact]
    public void Contexts_are_listed_by_name_namespace_or_all()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY));
        foreach (string[] queries in new string[][] { [], ["base:"], ["base:allocation"], ["qemu:x", "base:allocation", "base:"] })
        {
            List<NbdOptionAnswer> answers = bed.Run(() => client.AskAsync(ListContext, NbdClient.ContextData("", queries)));
            Assert.Equal([NbdOptionReply.NBD_REP_META_CONTEXT, Ack], Types(answers));
            Assert.Equal([0, 0, 0, 0, .. "base:allocation"u8], answers[0].Data);
        }
        Assert.Equal([Ack], Types(bed.Run(() => client.AskAsync(ListContext, NbdClient.ContextData("", "qemu:")))));
    }

    [Fact]
    public void Of_several_queries_the_known_one_is_selected_once()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY));
        List<NbdOptionAnswer> answers = bed.Run(() => client.AskAsync(
            SetContext, NbdClient.ContextData("", "qemu:dirty-bitmap:x", "base:allocation", "base:", "base:allocation")));
        Assert.Equal([NbdOptionReply.NBD_REP_META_CONTEXT, Ack], Types(answers));
        Assert.Equal([0, 0, 0, 1, .. "base:allocation"u8], answers[0].Data);
        Assert.Equal([Ack], Types(bed.Run(() => client.AskAsync(SetContext, NbdClient.ContextData("", "base:")))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("00000000000000")]
    [InlineData("00000000" + "00000001")]
    [InlineData("00000000" + "ffffffff")]
    [InlineData("00000000" + "00000001" + "ffffffff")]
    [InlineData("00000000" + "00000001" + "0000000f" + "626173653a616c6c6f636174696f")]
    [InlineData("00000000" + "00000000" + "00")]
    [InlineData("fffffff0" + "00000000")]
    public void Contexts_with_lengths_that_do_not_add_up_are_invalid(string data)
    {
        using NbdBed bed = Greeted(out NbdClient client);
        bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY));
        Assert.Equal([Invalid], Types(bed.Run(() => client.AskAsync(SetContext, Convert.FromHexString(data)))));
        Assert.Equal([Invalid], Types(bed.Run(() => client.AskAsync(ListContext, Convert.FromHexString(data)))));
    }

    [Fact]
    public void A_context_holds_for_the_export_it_was_selected_for()
    {
        foreach ((string name, NbdError expected) in new[] { ("a", NbdError.None), ("b", NbdError.NBD_EINVAL) })
        {
            using NbdBed bed = Greeted(out NbdClient client);
            client.IsStructured = true;
            bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY));
            bed.Run(() => client.AskAsync(SetContext, NbdClient.ContextData("a", "base:allocation")));
            bed.Run(() => client.AskAsync(Go, NbdClient.InfoData(name)));
            Assert.Equal(expected, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 512)).Error);
        }
    }

    [Fact]
    public void A_later_selection_replaces_the_earlier_even_if_it_fails()
    {
        foreach (byte[] second in new[] { NbdClient.ContextData("a", "qemu:x"), NbdClient.ContextData("a"), [9] })
        {
            using NbdBed bed = Greeted(out NbdClient client);
            client.IsStructured = true;
            bed.Run(() => client.AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY));
            bed.Run(() => client.AskAsync(SetContext, NbdClient.ContextData("a", "base:allocation")));
            bed.Run(() => client.AskAsync(SetContext, second));
            bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("a")));
            Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 512)).Error);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(25)]
    public void Silence_ends_the_handshake_when_its_time_is_up(int bytes)
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect();
        byte[] script = [0, 0, 0, 3, .. NbdClient.Option(Go, NbdClient.InfoData("name"))];
        bed.Run(() => client.ReceiveAsync(18));
        bed.Run(() => client.SendAsync(script[..bytes]));
        bed.Engine.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, bed.Device.ConnectionCount);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(0, bed.Device.ConnectionCount);
        Assert.Contains(bed.Log.Complaints, line => line.Contains("10 s", StringComparison.Ordinal));
        bed.StopClean();
    }

    [Fact]
    public void A_client_that_agreed_may_be_silent_for_ever()
    {
        using NbdBed bed = Greeted(out NbdClient client);
        bed.Run(() => client.AskAsync(Go, NbdClient.InfoData("")));
        bed.Engine.Advance(TimeSpan.FromDays(1));
        Assert.Equal(512, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_READ, 0, 512)).Data.Length);
    }

    [Fact]
    public void Two_handshakes_at_once_do_not_mix() => Seeds.Run(20, seed =>
    {
        using var bed = new NbdBed(seed);
        NbdClient one = bed.Connect();
        NbdClient two = bed.Connect();
        Task<int> first = bed.Engine.RunAsync(() => one.GoAsync(structured: true, context: true));
        Task<int> second = bed.Engine.RunAsync(() => two.GoAsync());
        bed.Engine.RunUntil(() => first.IsCompleted && second.IsCompleted);
        Assert.True(one.Flags.HasFlag(NbdTransmissionFlags.NBD_FLAG_SEND_DF));
        Assert.False(two.Flags.HasFlag(NbdTransmissionFlags.NBD_FLAG_SEND_DF));
        Assert.Equal(NbdError.None, bed.Run(() => one.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 512)).Error);
        Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => two.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 512)).Error);
    });

    [Fact]
    public void Random_bytes_end_the_connection_and_nothing_else() => Seeds.Run(200, seed =>
    {
        using var bed = new NbdBed(seed);
        var random = new Random(seed);
        NbdClient client = bed.Connect();
        bed.Run(() => client.GreetAsync());
        for (int i = 0; i < 20; i++)
        {
            var data = new byte[random.Next(60)];
            random.NextBytes(data);
            bed.Run(() => client.SendAsync(random.Next(10) == 0 ? data : NbdClient.Option((NbdOption)random.Next(13), data)));
        }
        bed.Run(() => client.Socket.CloseAsync());
        bed.Engine.Advance(TimeSpan.FromSeconds(11));
        bed.StopClean();
    });

    private static NbdBed Greeted(out NbdClient client)
    {
        var bed = new NbdBed();
        NbdClient connected = bed.Connect();
        bed.Run(() => connected.GreetAsync());
        client = connected;
        return bed;
    }

    private static IEnumerable<NbdOptionReply> Types(List<NbdOptionAnswer> answers) => answers.Select(answer => answer.Type);

    private static IEnumerable<NbdInfo> Infos(List<NbdOptionAnswer> answers) =>
        answers.SkipLast(1).Select(answer => (NbdInfo)BinaryPrimitives.ReadUInt16BigEndian(answer.Data));
}
