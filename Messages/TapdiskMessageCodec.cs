using System.Buffers.Binary;
using System.Text;
using Tapvisor.Native;
using static Tapvisor.Messages.TapdiskMessageLayout;
using static Tapvisor.Messages.TapdiskMessageType;

namespace Tapvisor.Messages;

/// <summary>
/// Messages to and from their bytes: 544, and what follows them for OPEN, RESUME (log path, key) and STATS_RSP (text).
/// Nothing outside the given spans is read or written, and no input makes it throw anything but <see cref="ControlException"/>.
/// A receiver reads until it has as many bytes as <see cref="RequestLength"/> (or ResponseLength) of what it has so far asks for.
/// </summary>
public static class TapdiskMessageCodec
{
    /// <summary>The bytes that a request needs, judged by those received: the result may grow while fewer than it are there.</summary>
    /// <exception cref="ControlException">EINVAL: a key length of 0 or over 128.</exception>
    public static int RequestLength(ReadOnlySpan<byte> received)
    {
        if (received.Length < MessageLength)
            return MessageLength;
        TapdiskMessageType type = ReadType(received);
        if (type is not (TAPDISK_MESSAGE_OPEN or TAPDISK_MESSAGE_RESUME))
            return MessageLength;

        var flags = (TapdiskMessageFlags)BinaryPrimitives.ReadUInt32LittleEndian(received[ParamsFlags..]);
        int length = MessageLength;
        if (flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LOG))
            length += LogPathLength;
        // RESUME never carries a key: the VBD keeps that of its OPEN.
        if (type != TAPDISK_MESSAGE_OPEN || !flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED))
            return length;
        if (received.Length <= length)
            return length + 1;
        int keyLength = received[length];
        if (keyLength is 0 or > MaxKeyLength)
            throw new ControlException(Errno.EINVAL, $"an encryption key has 1 to {MaxKeyLength} bytes, not {keyLength}");
        return length + 1 + keyLength;
    }

    /// <summary>
    /// Decodes a request; the checks come in upstream's order (drivers/tapdisk-control.c, tapdisk_control_validate_request).
    /// </summary>
    /// <param name="request">Exactly <see cref="RequestLength"/> bytes.</param>
    /// <exception cref="ControlException">
    /// EINVAL for another length, an unterminated string, an unknown type or one that is no request.
    /// </exception>
    public static TapdiskRequest DecodeRequest(ReadOnlySpan<byte> request)
    {
        if (request.Length < MessageLength)
            throw new ControlException(Errno.EINVAL, $"a control message has {MessageLength} bytes, not {request.Length}");
        // Upstream looks at the bytes of params.path whatever the type is.
        if (!request.Slice(ParamsPath, StringLength).Contains((byte)0))
            throw new ControlException(Errno.EINVAL, $"the path does not end within its {StringLength} bytes");
        int length = RequestLength(request);
        if (request.Length != length)
            throw new ControlException(Errno.EINVAL, $"a control message of this type has {length} bytes, not {request.Length}");
        return TapdiskMessageDecoder.ReadRequest(request);
    }

    /// <summary>The bytes that an answer needs, judged by those received: 544, for STATS_RSP with its text.</summary>
    /// <exception cref="ControlException">EPROTO: a text of absurd length.</exception>
    public static int ResponseLength(ReadOnlySpan<byte> received)
    {
        if (received.Length < MessageLength || ReadType(received) != TAPDISK_MESSAGE_STATS_RSP)
            return MessageLength;
        ulong text = BinaryPrimitives.ReadUInt64LittleEndian(received[StatLength..]);
        if (text > MaxStatsLength)
            throw new ControlException(Errno.EPROTO, $"the tapdisk announces {text} bytes of statistics, more than {MaxStatsLength}");
        return MessageLength + (int)text;
    }

    /// <summary>Decodes an answer.</summary>
    /// <param name="response">Exactly <see cref="ResponseLength"/> bytes.</param>
    /// <exception cref="ControlException">EPROTO for another length, a type that is no answer, or an unterminated path.</exception>
    public static TapdiskResponse DecodeResponse(ReadOnlySpan<byte> response)
    {
        int length = ResponseLength(response);
        if (response.Length != length)
            throw new ControlException(Errno.EPROTO, $"an answer of this type has {length} bytes, not {response.Length}");
        return TapdiskMessageDecoder.ReadResponse(response);
    }

    /// <summary>The bytes that <paramref name="message"/> takes on the wire, what follows it included.</summary>
    public static int EncodedLength(TapdiskMessage message) => MessageLength + message switch
    {
        TapdiskRequest.Open open => LogLength(open.Params) + (HasKey(open) ? 1 + open.Key!.Bytes.Length : 0),
        TapdiskRequest.Resume resume => LogLength(resume.Params),
        TapdiskResponse.Stats stats => Encoding.UTF8.GetByteCount(stats.Json),
        _ => 0,
    };

    /// <exception cref="ControlException">ENAMETOOLONG, EILSEQ or EINVAL for a string that its field cannot hold.</exception>
    public static byte[] Encode(TapdiskMessage message)
    {
        byte[] bytes = new byte[EncodedLength(message)];
        TapdiskMessageEncoder.Write(bytes, message);
        return bytes;
    }

    /// <summary>Encodes into exactly <see cref="EncodedLength"/> bytes.</summary>
    /// <exception cref="ControlException">
    /// ENAMETOOLONG, EILSEQ or EINVAL for a string that its field cannot hold; EINVAL for another length.
    /// </exception>
    public static void Encode(TapdiskMessage message, Span<byte> destination)
    {
        if (destination.Length != EncodedLength(message))
            throw new ControlException(Errno.EINVAL, $"this message has {EncodedLength(message)} bytes, not {destination.Length}");
        destination.Clear();
        TapdiskMessageEncoder.Write(destination, message);
    }

    internal static TapdiskMessageType ReadType(ReadOnlySpan<byte> message) =>
        (TapdiskMessageType)BinaryPrimitives.ReadUInt16LittleEndian(message);

    internal static bool HasKey(TapdiskRequest.Open open)
    {
        bool flagged = open.Params.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED);
        if (flagged != (open.Key is not null))
            throw new ControlException(Errno.EINVAL, "an OPEN has a key exactly when its flags say so");
        return flagged;
    }

    internal static int LogLength(TapdiskParams parameters) =>
        parameters.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LOG) ? LogPathLength : 0;
}
