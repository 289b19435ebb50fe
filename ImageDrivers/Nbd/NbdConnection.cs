using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>
/// Requests over one connection, many at a time: those that come while others are being sent go together with the next send, and replies
/// are taken in whatever order they come. A reply that makes no sense, an end or an error ends the connection; then everybody who waits is
/// thrown the reason, but not before neither direction touches anybody's memory any more.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "CloseAsync frees what it owns.")]
internal sealed class NbdConnection
{
    private readonly IoSocket _socket;
    private readonly string _server;
    private readonly BufferPool _buffers;
    private readonly BufferQuota _quota = new(long.MaxValue);
    private readonly IoVectorList _parts = new();
    private readonly NbdCall[] _calls = new NbdCall[NbdLimits.MaxRequests];
    private readonly Stack<NbdCall> _free = new();
    private readonly Queue<NbdCall> _unsent = new();
    private readonly List<NbdCall> _batch = [];
    private readonly Queue<IoPromise<int>> _waiting = new();
    private readonly Stack<IoPromise<int>> _freeTurns = new();
    private readonly IoGate _work = new();
    private readonly IoGate _sent = new();
    private readonly IoGate _ended = new();
    private readonly IoBuffer _memory;
    private readonly IoBuffer _reply;
    private BlockException? _failure;
    private int _taken;
    private bool _hasSenderEnded;
    private bool _hasEnded;

    /// <param name="socket">After the handshake; belongs to the connection from here.</param>
    /// <param name="server">For messages.</param>
    internal NbdConnection(IoSocket socket, string server)
    {
        (_socket, _server, _buffers) = (socket, server, socket.Scope.Engine.Buffers);
        _memory = _buffers.Rent((NbdLimits.MaxRequests * NbdMagic.RequestSize) + NbdMagic.SimpleReplySize, _quota);
        _reply = _memory.Slice(NbdLimits.MaxRequests * NbdMagic.RequestSize, NbdMagic.SimpleReplySize);
        for (int slot = _calls.Length - 1; slot >= 0; slot--)
        {
            _calls[slot] = new NbdCall(slot, _memory.Slice(slot * NbdMagic.RequestSize, NbdMagic.RequestSize));
            _free.Push(_calls[slot]);
        }
        _ = SendAsync();
        _ = ReceiveAsync();
    }

    /// <summary>To be shut down by whoever loses patience.</summary>
    internal IoSocket Socket => _socket;

    /// <summary>One request and its reply.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="flags">How.</param>
    /// <param name="offset">Byte.</param>
    /// <param name="length">Bytes; of a read or a write those of <paramref name="data"/>.</param>
    /// <param name="data">To be filled or written, whole; none for other commands.</param>
    /// <returns>0, or what the server says as a negative errno.</returns>
    /// <exception cref="BlockException">The connection has failed, now or before.</exception>
    internal async IoTask<int> RunAsync(NbdCommand command, NbdCommandFlags flags, long offset, int length, IoBuffer data)
    {
        if (_taken == NbdLimits.MaxRequests)
            await WaitForTurnAsync();
        else
            _taken++;
        if (_failure is not null)
            throw _failure;
        NbdCall call = _free.Pop();
        call.Begin(command, flags, offset, length, data);
        _unsent.Enqueue(call);
        _work.Open();
        await call.Ended.Task;
        call.IsOpen = false;
        _free.Push(call);

        // The place goes to the next in line, so that nobody overtakes it.
        if (_waiting.TryDequeue(out IoPromise<int>? turn))
            turn.Set(0);
        else
            _taken--;
        return call.IsLost ? throw _failure! : call.Result;
    }

    /// <summary>Takes leave and closes, once no request is in flight. Not twice.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> CloseAsync()
    {
        if (_failure is null)
        {
            _calls[0].Begin(NbdCommand.NBD_CMD_DISC, NbdCommandFlags.None, 0, 0, default);
            _parts.Clear();
            _parts.Add(_calls[0].Header);
            await _socket.SendAsync(_parts);
        }
        int closed = await _socket.CloseAsync();
        while (!_hasEnded)
            await _ended.WaitAsync();
        _buffers.Return(_memory, _quota);
        _parts.Dispose();
        return closed;
    }

    private async IoTask<int> WaitForTurnAsync()
    {
        IoPromise<int> turn = _freeTurns.TryPop(out IoPromise<int>? free) ? free : new IoPromise<int>();
        _waiting.Enqueue(turn);
        await turn.Task;
        _freeTurns.Push(turn);
        return 0;
    }

    private async IoTask<int> SendAsync()
    {
        while (_failure is null)
        {
            if (_unsent.Count == 0)
            {
                await _work.WaitAsync();
                continue;
            }
            FillBatch();
            long length = _parts.TotalLength;
            int sent = await _socket.SendAsync(_parts);
            foreach (NbdCall call in _batch)
            {
                call.IsSent = true;
                EndIfDone(call);
            }
            _batch.Clear();
            if (sent != length)
                Fail(NbdFailures.Lost(_server, sent));
        }
        _hasSenderEnded = true;
        _sent.Open();
        return 0;
    }

    private void FillBatch()
    {
        _parts.Clear();
        while (_parts.TotalLength < NbdLimits.MaxBatch && _unsent.TryDequeue(out NbdCall? call))
        {
            call.IsSending = true;
            _batch.Add(call);
            _parts.Add(call.Header);
            if (call.Command == NbdCommand.NBD_CMD_WRITE)
                _parts.Add(call.Data);
        }
    }

    private async IoTask<int> ReceiveAsync()
    {
        while (_failure is null)
        {
            int received = await _socket.ReceiveAsync(_reply, all: true);
            if (received != _reply.Length)
            {
                Fail(NbdFailures.Lost(_server, received));
                break;
            }
            if (TakeReply() is not { } call)
                break;
            if (call is { Command: NbdCommand.NBD_CMD_READ, Result: 0 })
            {
                received = await _socket.ReceiveAsync(call.Data, all: true);
                if (received != call.Data.Length)
                {
                    Fail(NbdFailures.Lost(_server, received));
                    break;
                }
            }
            call.IsAnswered = true;
            EndIfDone(call);
        }
        while (!_hasSenderEnded)
            await _sent.WaitAsync();
        LoseAll();
        _hasEnded = true;
        _ended.Open();
        return 0;
    }

    /// <summary>Whose reply it is; null if that is nobody, and the connection has failed.</summary>
    private NbdCall? TakeReply()
    {
        ReadOnlySpan<byte> header = _reply.Span;
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var error = (NbdError)BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(header[8..]);
        int slot = NbdCall.SlotOf(cookie);
        NbdCall? call = slot < _calls.Length ? _calls[slot] : null;
        if (magic != NbdMagic.NBD_SIMPLE_REPLY_MAGIC)
        {
            Fail(NbdFailures.Protocol(_server, $"a reply begins with 0x{magic:x8}"));
            return null;
        }
        if (call is null || call.Cookie != cookie || !call.IsSending || call.IsAnswered || !call.IsOpen)
        {
            Fail(NbdFailures.Protocol(_server, $"a reply is for the request 0x{cookie:x}, which waits for none"));
            return null;
        }
        if (error == NbdError.NBD_ESHUTDOWN)
        {
            Fail(NbdFailures.Ending(_server));
            return null;
        }
        call.Result = NbdFailures.ResultOf(error);
        return call;
    }

    private void Fail(BlockException failure)
    {
        _failure ??= failure;
        _socket.Shutdown();
        _work.Open();
    }

    private static void EndIfDone(NbdCall call)
    {
        if (call.IsSent && call.IsAnswered)
            call.Ended.Set(0);
    }

    /// <summary>Nothing is in flight on the socket any more.</summary>
    private void LoseAll()
    {
        _unsent.Clear();
        foreach (NbdCall call in _calls)
        {
            if (!call.IsOpen || call.Ended.IsSet)
                continue;
            call.IsLost = true;
            call.Ended.Set(0);
        }
        while (_waiting.TryDequeue(out IoPromise<int>? turn))
            turn.Set(0);
    }
}
