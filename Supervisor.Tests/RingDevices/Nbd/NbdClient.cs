using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>A client that says exactly what a test tells it to, sense or nonsense.</summary>
internal sealed class NbdClient(IoSocket socket) : IDisposable
{
    private const int Space = 40 << 20;

    private readonly IoVectorList _parts = new();
    private readonly nint _memory = Allocate();
    private readonly nint _outgoing = Allocate();
    private ulong _cookie = 100;

    internal IoSocket Socket { get; } = socket;

    /// <summary>Of the export, once it was negotiated.</summary>
    internal ulong Size { get; private set; }

    internal NbdTransmissionFlags Flags { get; private set; }

    internal bool IsStructured { get; set; }

    public void Dispose()
    {
        _parts.Dispose();
        Free(_memory);
        Free(_outgoing);
    }

    /// <summary>Exactly so many bytes, or fewer at the end of the stream.</summary>
    internal async IoTask<byte[]> ReceiveAsync(int length)
    {
        if (length == 0)
            return [];
        int received = await Socket.ReceiveAsync(new IoBuffer(_memory, length), all: true);
        return new IoBuffer(_memory, Math.Max(received, 0)).Span.ToArray();
    }

    /// <summary>True if the server has closed without another byte.</summary>
    internal async IoTask<bool> IsAtEndAsync() => (await ReceiveAsync(1)).Length == 0;

    internal async IoTask<int> SendAsync(params byte[] bytes)
    {
        bytes.CopyTo(new IoBuffer(_outgoing, bytes.Length).Span);
        _parts.Clear();
        _parts.Add(new IoBuffer(_outgoing, bytes.Length));
        return await Socket.SendAsync(_parts);
    }

    internal static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] Text(string text) => [.. UInt32((uint)text.Length), .. Encoding.ASCII.GetBytes(text)];

    internal static byte[] Option(NbdOption option, params byte[] data)
    {
        var bytes = new byte[16 + data.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NbdMagic.IHAVEOPT);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (uint)option);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), (uint)data.Length);
        data.CopyTo(bytes, 16);
        return bytes;
    }

    /// <summary>Data of NBD_OPT_INFO and NBD_OPT_GO.</summary>
    internal static byte[] InfoData(string name, params NbdInfo[] requests)
    {
        var list = new List<byte>(Text(name)) { 0, (byte)requests.Length };
        foreach (NbdInfo request in requests)
            list.AddRange([0, (byte)request]);
        return [.. list];
    }

    /// <summary>Data of NBD_OPT_LIST_META_CONTEXT and NBD_OPT_SET_META_CONTEXT.</summary>
    internal static byte[] ContextData(string name, params string[] queries) =>
        [.. Text(name), .. UInt32((uint)queries.Length), .. queries.SelectMany(Text)];

    internal static byte[] Request(NbdCommand command, ulong offset, uint length, NbdCommandFlags flags = 0, ulong cookie = 1)
    {
        var bytes = new byte[NbdMagic.RequestSize];
        new NbdRequest(flags, command, cookie, offset, length).Write(bytes);
        return bytes;
    }

    /// <summary>Takes the greeting and answers it.</summary>
    internal async IoTask<byte[]> GreetAsync(
        NbdClientFlags flags = NbdClientFlags.NBD_FLAG_C_FIXED_NEWSTYLE | NbdClientFlags.NBD_FLAG_C_NO_ZEROES)
    {
        byte[] greeting = await ReceiveAsync(NbdMagic.NewstyleGreetingSize);
        await SendAsync(UInt32((uint)flags));
        return greeting;
    }

    /// <summary>Sends an option and takes its replies up to the one that ends it.</summary>
    internal async IoTask<List<NbdOptionAnswer>> AskAsync(NbdOption option, params byte[] data)
    {
        await SendAsync(Option(option, data));
        return await AnswersAsync();
    }

    internal async IoTask<List<NbdOptionAnswer>> AnswersAsync()
    {
        var answers = new List<NbdOptionAnswer>();
        while (true)
        {
            byte[] header = await ReceiveAsync(NbdMagic.OptionReplyHeaderSize);
            if (header.Length < NbdMagic.OptionReplyHeaderSize)
                return answers;
            Assert.Equal(NbdMagic.NBD_OPTION_REPLY_MAGIC, BinaryPrimitives.ReadUInt64BigEndian(header));
            var type = (NbdOptionReply)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12));
            byte[] data = await ReceiveAsync((int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(16)));
            answers.Add(new NbdOptionAnswer((NbdOption)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8)), type, data));
            if (type is NbdOptionReply.NBD_REP_ACK || ((uint)type & 0x80000000) != 0)
                return answers;
        }
    }

    /// <summary>A whole handshake by NBD_OPT_GO.</summary>
    internal async IoTask<int> GoAsync(bool structured = false, bool context = false)
    {
        await GreetAsync();
        IsStructured = structured || context;
        if (IsStructured)
            await AskAsync(NbdOption.NBD_OPT_STRUCTURED_REPLY);
        if (context)
            await AskAsync(NbdOption.NBD_OPT_SET_META_CONTEXT, ContextData("x", "base:allocation"));
        List<NbdOptionAnswer> answers = await AskAsync(NbdOption.NBD_OPT_GO, InfoData("x"));
        byte[] export = answers.Single(a => a.Type == NbdOptionReply.NBD_REP_INFO && a.Data[1] == (byte)NbdInfo.NBD_INFO_EXPORT).Data;
        Size = BinaryPrimitives.ReadUInt64BigEndian(export.AsSpan(2));
        Flags = (NbdTransmissionFlags)BinaryPrimitives.ReadUInt16BigEndian(export.AsSpan(10));
        return 0;
    }

    /// <summary>Sends one request and takes its reply; nothing else may be in flight.</summary>
    internal async IoTask<NbdAnswer> CallAsync(
        NbdCommand command, ulong offset = 0, uint length = 0, NbdCommandFlags flags = 0, byte[]? payload = null)
    {
        ulong cookie = _cookie++;
        await SendAsync([.. Request(command, offset, length, flags, cookie), .. payload ?? []]);
        NbdAnswer answer = await AnswerAsync(_ => (command, length));
        Assert.Equal(cookie, answer.Cookie);
        return answer;
    }

    /// <summary>Takes one reply; one that is cut off is none.</summary>
    /// <param name="asked">Command and length of the request with a cookie.</param>
    internal async IoTask<NbdAnswer> AnswerAsync(Func<ulong, (NbdCommand Command, uint Length)> asked)
    {
        byte[] head = await ReceiveAsync(NbdMagic.SimpleReplySize);
        if (head.Length < NbdMagic.SimpleReplySize)
            return NbdAnswer.End;
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (magic == NbdMagic.NBD_SIMPLE_REPLY_MAGIC)
        {
            var error = (NbdError)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
            ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8));
            (NbdCommand command, uint length) = asked(cookie);
            bool read = command == NbdCommand.NBD_CMD_READ && error == NbdError.None;
            Assert.False(read && IsStructured, "A read must be answered by a structured reply.");
            if (!read)
                return new NbdAnswer(cookie, error, null, []);
            byte[] data = await ReceiveAsync((int)length);
            return data.Length == length ? new NbdAnswer(cookie, error, null, data) : NbdAnswer.End;
        }
        Assert.Equal(NbdMagic.NBD_STRUCTURED_REPLY_MAGIC, magic);
        Assert.True(IsStructured);
        Assert.Equal((ushort)NbdReplyFlags.NBD_REPLY_FLAG_DONE, BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4)));
        byte[] size = await ReceiveAsync(4);
        if (size.Length < 4)
            return NbdAnswer.End;
        uint expected = BinaryPrimitives.ReadUInt32BigEndian(size);
        byte[] payload = await ReceiveAsync((int)expected);
        if (payload.Length < expected)
            return NbdAnswer.End;
        var type = (NbdReplyType)BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6));
        return Structured(BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8)), type, payload);
    }

    private static NbdAnswer Structured(ulong cookie, NbdReplyType type, byte[] payload) => type switch
    {
        NbdReplyType.NBD_REPLY_TYPE_OFFSET_DATA => new NbdAnswer(cookie, NbdError.None, type, payload[8..]),
        NbdReplyType.NBD_REPLY_TYPE_BLOCK_STATUS => new NbdAnswer(cookie, NbdError.None, type, payload),
        _ => new NbdAnswer(cookie, (NbdError)BinaryPrimitives.ReadUInt32BigEndian(payload), type, payload[6..]),
    };

    private static unsafe nint Allocate() => (nint)NativeMemory.Alloc(Space);

    private static unsafe void Free(nint memory) => NativeMemory.Free((void*)memory);
}
