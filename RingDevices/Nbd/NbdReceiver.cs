using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// Takes requests off a connection. One receive brings as many as there are; each is parsed where it lies. A small write's data is copied
/// from there to an I/O buffer, the rest of a large one is received into its I/O buffer directly. While there is no slot or buffer,
/// nothing is received: the socket holds the client back.
/// </summary>
internal sealed class NbdReceiver(IoSocket socket, IoBuffer memory, NbdSession session)
{
    /// <summary>Up to here copying costs less than another receive (bytes).</summary>
    internal const int SmallPayload = 16 << 10;

    /// <summary>After a write so large the next probably is too: little of it shall land where it must be copied from (bytes).</summary>
    private const int LargePayload = 64 << 10;

    /// <summary>What is received then (bytes).</summary>
    private const int ShortReceive = 4 << 10;

    /// <summary>A refused write's data is skipped up to here, so that the client hears why; beyond it it ends (bytes).</summary>
    internal const uint MaxSkippedPayload = 2 * NbdExport.MaxRequestSize;

    private int _start;
    private int _end;
    private int _limit;

    /// <summary>What was wrong after <see cref="NbdReceiveEnd.Garbage"/>.</summary>
    internal string Complaint { get; private set; } = "";

    private int Buffered => _end - _start;

    /// <summary>Serves requests until the client or the disk ends it.</summary>
    internal async IoTask<NbdReceiveEnd> RunAsync(NbdSettings settings)
    {
        _start = _end = 0;
        _limit = memory.Length;
        while (true)
        {
            while (Buffered >= NbdMagic.RequestSize)
            {
                if (!NbdRequest.TryRead(memory.Span[_start..], out NbdRequest request))
                    return Garbage("A request does not begin with NBD_REQUEST_MAGIC.");
                if (request.Command == NbdCommand.NBD_CMD_DISC)
                    return NbdReceiveEnd.Disconnected;
                uint payload = request.Command == NbdCommand.NBD_CMD_WRITE ? request.Length : 0;
                if (payload < SmallPayload && Buffered - NbdMagic.RequestSize < payload)
                    break;
                NbdSlot slot = session.TryTakeSlot() ?? await session.TakeSlotAsync();
                slot.Begin(request);
                _start += NbdMagic.RequestSize;
                NbdReceiveEnd? end = NbdGate.Check(request, settings) is { } refusal
                    ? await RefuseAsync(slot, refusal, payload)
                    : await AcceptAsync(slot, payload);
                if (end is { } reason)
                {
                    session.Abandon(slot);
                    return reason;
                }
            }
            Compact();
            int space = Math.Min(memory.Length - _end, _limit);
            int received = await socket.ReceiveAsync(memory.Slice(_end, space));
            if (session.IsStopping)
                return NbdReceiveEnd.Stopping;
            if (received <= 0)
                return NbdReceiveEnd.Lost;
            _end += received;
            _limit = memory.Length;
        }
    }

    private async IoTask<NbdReceiveEnd?> AcceptAsync(NbdSlot slot, uint payload)
    {
        int length = NbdSession.BufferLength(slot);
        if (length > 0 && !session.TryRentBuffer(slot, length))
            await session.RentBufferAsync(slot, length);
        if (session.IsStopping)
            return NbdReceiveEnd.Stopping;
        if (payload > 0)
        {
            int copied = (int)Math.Min(payload, (uint)Buffered);
            memory.Slice(_start, copied).Span.CopyTo(slot.Buffer.Span);
            _start += copied;
            int rest = (int)payload - copied;
            if (rest > 0 && await socket.ReceiveAsync(slot.Buffer.Slice(copied, rest), all: true) != rest)
                return NbdReceiveEnd.Lost;
            if (payload >= LargePayload)
                _limit = ShortReceive;
        }
        session.Submit(slot);
        return null;
    }

    private async IoTask<NbdReceiveEnd?> RefuseAsync(NbdSlot slot, NbdRefusal refusal, uint payload)
    {
        session.ReportRefusal(slot.Asked, refusal);
        if (payload > MaxSkippedPayload)
            return Garbage($"{refusal.Reason} {payload} bytes of data are too many to skip.");
        while (payload > 0)
        {
            if (Buffered == 0)
            {
                int received = await socket.ReceiveAsync(memory);
                if (received <= 0)
                    return NbdReceiveEnd.Lost;
                _start = 0;
                _end = received;
            }
            int skipped = (int)Math.Min(payload, (uint)Buffered);
            _start += skipped;
            payload -= (uint)skipped;
        }
        slot.Refuse(refusal);
        session.Answer(slot);
        return null;
    }

    /// <summary>Moves what is left, which is less than one small request, to the front.</summary>
    private void Compact()
    {
        if (_start == 0)
            return;
        memory.Slice(_start, Buffered).Span.CopyTo(memory.Span);
        _end -= _start;
        _start = 0;
    }

    private NbdReceiveEnd Garbage(string complaint)
    {
        Complaint = complaint;
        return NbdReceiveEnd.Garbage;
    }
}
