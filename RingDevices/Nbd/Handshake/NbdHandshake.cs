using System.Buffers.Binary;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.RingDevices.Nbd.Handshake;

/// <summary>
/// Greets a client and talks with it until both agree or one gives up.
/// <code>
///   greeting ──▶ client's flags ──▶ option ⇄ reply ──EXPORT_NAME, GO──▶ settings
///                     │ unknown          └──ABORT, limit, garbage, silence──▶ null
///                     └──▶ null                                  oldstyle: greeting ──▶ settings
/// </code>
/// It takes exactly the bytes of the handshake off the socket: what follows belongs to the transmission phase.
/// </summary>
internal sealed class NbdHandshake(IoSocket socket, NbdMemory memory, NbdDisk disk, NbdEntrance entrance)
{
    /// <summary>Options of one handshake; libnbd and qemu send about five.</summary>
    internal const int MaxOptions = 64;

    /// <summary>Most data of one option that is thrown away to answer NBD_REP_ERR_TOO_BIG, in bytes; beyond it the end.</summary>
    internal const int MaxDiscardedData = 1 << 20;

    private const NbdClientFlags KnownFlags = NbdClientFlags.NBD_FLAG_C_FIXED_NEWSTYLE | NbdClientFlags.NBD_FLAG_C_NO_ZEROES;

    private NbdDeadline? _deadline;
    private bool _expired;

    /// <summary>Why it ended without agreement, for the log; null when the client went away by itself.</summary>
    internal string? Complaint { get; private set; }

    /// <summary>One handshake; may be repeated on the same socket.</summary>
    /// <returns>What was agreed, or null if the connection is to be closed.</returns>
    internal async IoTask<NbdSettings?> RunAsync()
    {
        Complaint = null;
        if (entrance == NbdEntrance.PassedOldstyle)
        {
            NbdExport export = disk.Export;
            return await SendAsync(NbdGreeting.WriteOldstyle(memory.Headers.Span, export)) ? new NbdSettings(export) : null;
        }
        _deadline ??= new NbdDeadline(socket.Scope, disk.Options.HandshakeTimeout, Expire);
        NbdSettings? settings = await AgreeAsync();
        _deadline.Clear();
        if (_expired)
            Complaint = $"The handshake was not done within {disk.Options.HandshakeTimeout.TotalSeconds:0.###} s.";
        return settings;
    }

    private async IoTask<NbdSettings?> AgreeAsync()
    {
        // Whoever holds a passed descriptor may keep it for later: its time counts from its first byte.
        if (entrance == NbdEntrance.Listener)
            _deadline!.Set();
        if (!await SendAsync(NbdGreeting.WriteNewstyle(memory.Headers.Span)) || !await ReceiveAsync(0, 1))
            return null;
        if (entrance != NbdEntrance.Listener)
            _deadline!.Set();
        if (!await ReceiveAsync(1, NbdMagic.ClientFlagsSize - 1))
            return null;
        var flags = (NbdClientFlags)BinaryPrimitives.ReadUInt32BigEndian(memory.Receive.Span);
        if ((flags & ~KnownFlags) != 0)
        {
            Complaint = $"The client's flags 0x{(uint)flags:x8} hold some that are not known.";
            return null;
        }
        var negotiation = new NbdNegotiation(disk.Export, zeroes: !flags.HasFlag(NbdClientFlags.NBD_FLAG_C_NO_ZEROES));
        for (int options = 0; options < MaxOptions; options++)
        {
            NbdStep step = await AnswerAsync(negotiation);
            if (step == NbdStep.Option)
                continue;
            Complaint ??= negotiation.Complaint;
            return step == NbdStep.Transmission ? negotiation.Settings : null;
        }
        Complaint = $"The client asked for more than {MaxOptions} options.";
        return null;
    }

    private async IoTask<NbdStep> AnswerAsync(NbdNegotiation negotiation)
    {
        if (!await ReceiveAsync(0, NbdMagic.OptionHeaderSize))
            return NbdStep.Close;
        ulong magic = BinaryPrimitives.ReadUInt64BigEndian(memory.Receive.Span);
        var option = (NbdOption)BinaryPrimitives.ReadUInt32BigEndian(memory.Receive.Span[8..]);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(memory.Receive.Span[12..]);
        if (magic != NbdMagic.IHAVEOPT)
        {
            Complaint = $"An option begins with 0x{magic:x16} instead of IHAVEOPT.";
            return NbdStep.Close;
        }
        if (length > NbdMagic.MaxOptionData)
            return await RefuseTooBigAsync(option, length) ? NbdStep.Option : NbdStep.Close;
        if (!await ReceiveAsync(0, (int)length))
            return NbdStep.Close;
        NbdStep step = negotiation.Answer(option, memory.Receive.Slice(0, (int)length).Span, memory.Headers.Span, out int reply);
        return await SendAsync(reply) ? step : NbdStep.Close;
    }

    private async IoTask<bool> RefuseTooBigAsync(NbdOption option, uint length)
    {
        if (length > MaxDiscardedData || option == NbdOption.NBD_OPT_EXPORT_NAME)
        {
            Complaint = $"The data of option {option} has {length} bytes.";
            return false;
        }
        for (int rest = (int)length; rest > 0;)
        {
            int part = Math.Min(rest, memory.Receive.Length);
            if (!await ReceiveAsync(0, part))
                return false;
            rest -= part;
        }
        return await SendAsync(NbdNegotiation.RefuseTooBig(option, memory.Headers.Span));
    }

    private async IoTask<bool> ReceiveAsync(int start, int length) =>
        length == 0 || await socket.ReceiveAsync(memory.Receive.Slice(start, length), all: true) == length;

    private async IoTask<bool> SendAsync(int length)
    {
        if (length == 0)
            return true;
        memory.Parts.Clear();
        memory.Parts.Add(memory.Headers.Slice(0, length));
        return await socket.SendAsync(memory.Parts) >= 0;
    }

    private void Expire()
    {
        _expired = true;
        socket.Shutdown();
    }
}
