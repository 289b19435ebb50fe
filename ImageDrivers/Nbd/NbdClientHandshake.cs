using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>
/// Agrees with a server on its default export, and takes exactly the bytes of that off the socket.
/// <code>
///   greeting ──fixed newstyle──▶ GO ──▶ terms
///      │  │                      └─not known─▶ EXPORT_NAME ──▶ terms
///      │  └──newstyle────────────────────────▶ EXPORT_NAME
///      └──oldstyle──▶ terms
/// </code>
/// </summary>
/// <param name="socket">Just connected.</param>
/// <param name="memory">For what is sent and received, at least <see cref="MemorySize"/> bytes.</param>
/// <param name="parts">For what is sent.</param>
/// <param name="server">For messages.</param>
internal sealed class NbdClientHandshake(IoSocket socket, IoBuffer memory, IoVectorList parts, string server)
{
    /// <summary>Bytes of memory that it needs: room for an explanation, and for every field.</summary>
    internal const int MemorySize = 1024;

    private const int BlockSizesSize = 3 * sizeof(uint);

    private ulong _length;
    private NbdTransmissionFlags _flags;
    private int _minimumBlock = ImageInfo.SectorBytes;
    private int _maximumTransfer = NbdLimits.MaxTransfer;

    private Span<byte> Memory => memory.Span;

    /// <summary>One handshake.</summary>
    /// <exception cref="BlockException">
    /// EPROTO for garbage; ENOENT, EACCES, EOPNOTSUPP where the server refuses; what the socket says.
    /// </exception>
    internal async IoTask<NbdTerms> RunAsync()
    {
        await ReceiveAsync(2 * sizeof(ulong));
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(Memory);
        ulong second = BinaryPrimitives.ReadUInt64BigEndian(Memory[sizeof(ulong)..]);
        if (first != NbdMagic.NBD_MAGIC)
            throw NbdFailures.Protocol(server, $"it greets with 0x{first:x16} instead of NBDMAGIC");
        if (second == NbdMagic.NBD_OLDSTYLE_MAGIC)
            await TakeOldstyleAsync();
        else if (second == NbdMagic.IHAVEOPT)
            await TakeNewstyleAsync();
        else
            throw NbdFailures.Protocol(server, $"its greeting is of an unknown style, 0x{second:x16}");
        return new NbdTerms(_length, _flags, _minimumBlock, _maximumTransfer);
    }

    private async IoTask<int> TakeOldstyleAsync()
    {
        await ReceiveAsync(NbdMagic.OldstyleGreetingSize - (2 * sizeof(ulong)));
        _length = BinaryPrimitives.ReadUInt64BigEndian(Memory);
        _flags = (NbdTransmissionFlags)BinaryPrimitives.ReadUInt32BigEndian(Memory[sizeof(ulong)..]);
        return 0;
    }

    private async IoTask<int> TakeNewstyleAsync()
    {
        await ReceiveAsync(sizeof(ushort));
        var offered = (NbdHandshakeFlags)BinaryPrimitives.ReadUInt16BigEndian(Memory);
        bool isFixed = (offered & NbdHandshakeFlags.NBD_FLAG_FIXED_NEWSTYLE) != 0;
        bool zeroes = (offered & NbdHandshakeFlags.NBD_FLAG_NO_ZEROES) == 0;
        NbdClientFlags flags = (isFixed ? NbdClientFlags.NBD_FLAG_C_FIXED_NEWSTYLE : NbdClientFlags.None)
            | (zeroes ? NbdClientFlags.None : NbdClientFlags.NBD_FLAG_C_NO_ZEROES);
        BinaryPrimitives.WriteUInt32BigEndian(Memory, (uint)flags);
        await SendAsync(NbdMagic.ClientFlagsSize);
        return isFixed && await GoAsync() ? 0 : await TakeExportNameAsync(zeroes);
    }

    /// <returns>False if the server does not know the option.</returns>
    private async IoTask<bool> GoAsync()
    {
        await SendAsync(WriteGo());
        bool isExportKnown = false;
        for (int replies = 0; replies < NbdLimits.MaxOptionReplies; replies++)
        {
            await ReceiveAsync(NbdMagic.OptionReplyHeaderSize);
            (NbdOptionReply type, uint length) = ReadReplyHeader();
            await ReceiveDataAsync(length);
            int held = (int)Math.Min(length, (uint)MemorySize);
            switch (type)
            {
                case NbdOptionReply.NBD_REP_ACK when isExportKnown:
                    return true;
                case NbdOptionReply.NBD_REP_INFO:
                    isExportKnown |= TakeInfo(Memory[..held]);
                    break;
                case NbdOptionReply.NBD_REP_ERR_UNSUP:
                    return false;
                default:
                    throw RefusedBy(type, Memory[..held]);
            }
        }
        throw NbdFailures.Protocol(server, $"it answers an option more than {NbdLimits.MaxOptionReplies} times");
    }

    private async IoTask<int> TakeExportNameAsync(bool zeroes)
    {
        await SendAsync(WriteOption(NbdOption.NBD_OPT_EXPORT_NAME, 0));
        await ReceiveAsync(NbdMagic.ExportSize);
        TakeExport(Memory);
        return zeroes ? await ReceiveAsync(NbdMagic.ReservedZeroes) : 0;
    }

    /// <summary>NBD_OPT_GO for the default export, asking for its block sizes.</summary>
    private int WriteGo()
    {
        Span<byte> data = Memory[NbdMagic.OptionHeaderSize..];
        BinaryPrimitives.WriteUInt32BigEndian(data, 0);
        BinaryPrimitives.WriteUInt16BigEndian(data[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(data[6..], (ushort)NbdInfo.NBD_INFO_BLOCK_SIZE);
        return WriteOption(NbdOption.NBD_OPT_GO, sizeof(uint) + (2 * sizeof(ushort)));
    }

    private int WriteOption(NbdOption option, int length)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Memory, NbdMagic.IHAVEOPT);
        BinaryPrimitives.WriteUInt32BigEndian(Memory[8..], (uint)option);
        BinaryPrimitives.WriteUInt32BigEndian(Memory[12..], (uint)length);
        return NbdMagic.OptionHeaderSize + length;
    }

    private (NbdOptionReply Type, uint Length) ReadReplyHeader()
    {
        ulong magic = BinaryPrimitives.ReadUInt64BigEndian(Memory);
        var option = (NbdOption)BinaryPrimitives.ReadUInt32BigEndian(Memory[8..]);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(Memory[16..]);
        if (magic != NbdMagic.NBD_OPTION_REPLY_MAGIC || option != NbdOption.NBD_OPT_GO)
            throw NbdFailures.Protocol(server, $"its reply to GO begins with 0x{magic:x16} and is for option {(uint)option}");
        if (length > NbdMagic.MaxOptionData)
            throw NbdFailures.Protocol(server, $"its reply to GO has {length} bytes");
        return ((NbdOptionReply)BinaryPrimitives.ReadUInt32BigEndian(Memory[12..]), length);
    }

    /// <returns>It was what makes an export.</returns>
    private bool TakeInfo(ReadOnlySpan<byte> data)
    {
        if (data.Length < sizeof(ushort))
            throw NbdFailures.Protocol(server, "a piece of information has no type");
        var kind = (NbdInfo)BinaryPrimitives.ReadUInt16BigEndian(data);
        ReadOnlySpan<byte> value = data[sizeof(ushort)..];
        if (kind == NbdInfo.NBD_INFO_BLOCK_SIZE && value.Length == BlockSizesSize)
            TakeBlockSizes(BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
        if (kind != NbdInfo.NBD_INFO_EXPORT)
            return false;
        if (value.Length != NbdMagic.ExportSize)
            throw NbdFailures.Protocol(server, $"it describes its export in {value.Length} bytes");
        TakeExport(value);
        return true;
    }

    private void TakeExport(ReadOnlySpan<byte> value)
    {
        _length = BinaryPrimitives.ReadUInt64BigEndian(value);
        _flags = (NbdTransmissionFlags)BinaryPrimitives.ReadUInt16BigEndian(value[sizeof(ulong)..]);
    }

    private void TakeBlockSizes(uint minimum, uint maximum)
    {
        if (!BitOperations.IsPow2(minimum) || minimum > NbdLimits.MaxMinimumBlock || maximum < minimum)
            throw NbdFailures.Protocol(server, $"it takes requests of {minimum} to {maximum} bytes");
        _minimumBlock = Math.Max((int)minimum, ImageInfo.SectorBytes);

        // Whole units; and at least one, though a server may be content with less than a sector.
        _maximumTransfer = Math.Max((int)Math.Min(maximum, NbdLimits.MaxTransfer) / _minimumBlock * _minimumBlock, _minimumBlock);
    }

    private BlockException RefusedBy(NbdOptionReply type, ReadOnlySpan<byte> reason)
    {
        if (type < NbdOptionReply.NBD_REP_ERR_UNSUP)
            return NbdFailures.Protocol(server, $"it answers GO with {(uint)type}");
        (int errno, string what) = type switch
        {
            NbdOptionReply.NBD_REP_ERR_POLICY => (Errno.EACCES, "is not for us"),
            NbdOptionReply.NBD_REP_ERR_UNKNOWN => (Errno.ENOENT, "does not exist"),
            NbdOptionReply.NBD_REP_ERR_TLS_REQD => (Errno.EOPNOTSUPP, "is given by TLS alone, which is not supported"),
            _ => (Errno.EPROTO, $"is refused with 0x{(uint)type:x8}"),
        };
        string text = Encoding.ASCII.GetString(reason[..Math.Min(reason.Length, NbdLimits.MaxReason)]);
        char[] shown = [.. text.Where(c => c is >= ' ' and <= '~')];
        return NbdFailures.Unfit(server, errno, shown.Length == 0 ? what : $"{what} ({new string(shown)})");
    }

    /// <summary>Data of an option reply; what there is no room for is thrown away.</summary>
    private async IoTask<int> ReceiveDataAsync(uint length)
    {
        int held = (int)Math.Min(length, (uint)MemorySize);
        await ReceiveAsync(held);
        for (int rest = (int)length - held; rest > 0;)
        {
            // The end of the memory, which nobody looks at any more then.
            int part = Math.Min(rest, MemorySize / 2);
            await ReceiveAsync(MemorySize / 2, part);
            rest -= part;
        }
        return 0;
    }

    private IoTask<int> ReceiveAsync(int length) => ReceiveAsync(0, length);

    private async IoTask<int> ReceiveAsync(int start, int length)
    {
        int received = length == 0 ? 0 : await socket.ReceiveAsync(memory.Slice(start, length), all: true);
        return received == length ? 0 : throw NbdFailures.Lost(server, received);
    }

    private async IoTask<int> SendAsync(int length)
    {
        parts.Clear();
        parts.Add(memory.Slice(0, length));
        int sent = await socket.SendAsync(parts);
        return sent == length ? 0 : throw NbdFailures.Lost(server, sent);
    }
}
