using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd.Handshake;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// One connection from its first byte to its last.
/// <code>
///   Handshake ──agreed──▶ Transmission ──DISC, end, garbage, stop──▶ Draining ──all answers sent──▶ Closed
///       ▲     └──not──────────────────────────────────────────────────────┼───────────────────────────▶┘
///       └──────────────────────DISC on a passed descriptor────────────────┘
/// </code>
/// While it drains, requests at the queue are waited for whatever happens to the connection: their buffers are in use.
/// </summary>
internal sealed class NbdSession : IRequestOwner, IDisposable
{
    private readonly NbdDisk _disk;
    private readonly IoSocket _socket;
    private readonly NbdEntrance _entrance;
    private readonly NbdMemory _memory;
    private readonly NbdHandshake _handshake;
    private readonly NbdReceiver _receiver;
    private readonly NbdSender _sender;
    private readonly NbdBufferHolder _holder = new();
    private readonly List<NbdSlot> _slots = [];
    private readonly NbdSlotList _free = new();
    private readonly IoGate _slotFreed = new();
    private readonly IoGate _answered = new();
    private int _owed;
    private bool _reported;

    internal NbdSession(NbdDisk disk, IoSocket socket, int id, NbdEntrance entrance)
    {
        _disk = disk;
        _socket = socket;
        _entrance = entrance;
        Id = id;
        _memory = new NbdMemory(disk.Options.ReceiveBufferBytes);
        _handshake = new NbdHandshake(socket, _memory, disk, entrance);
        _receiver = new NbdReceiver(socket, _memory.Receive, this);
        _sender = new NbdSender(socket, _memory, Release);
    }

    /// <summary>For logs.</summary>
    internal int Id { get; }

    /// <summary>It takes no further request.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>Serves the client until it is gone, nothing of it is in flight and its socket is closed.</summary>
    internal async IoTask<int> RunAsync()
    {
        NbdLog.Connected(_disk.Logger, _disk.Minor, Id, _entrance);
        try
        {
            while (await ServeAsync() && !IsStopping)
            {
            }
        }
        catch (Exception e)
        {
            NbdLog.InternalError(_disk.Logger, e, _disk.Minor, Id);
        }
        return await CloseAsync();
    }

    /// <summary>Takes no further request and ends once those that were taken are answered.</summary>
    internal void Stop()
    {
        IsStopping = true;
        if (_owed == 0)
            _socket.Shutdown();
    }

    /// <summary>Cuts the client off: answers it was still owed are lost. Requests at the queue are waited for all the same.</summary>
    internal void Abort()
    {
        IsStopping = true;
        _socket.Shutdown();
    }

    /// <summary>A slot if one is free or may still be made.</summary>
    internal NbdSlot? TryTakeSlot()
    {
        if (_free.Take() is { } slot)
            return slot;
        if (_slots.Count >= _disk.Options.MaxRequestsPerConnection)
            return null;
        BlockRequest request = _disk.Queue.Rent(this);
        slot = new NbdSlot(_slots.Count, request);
        request.Tag = (ulong)slot.Index;
        _slots.Add(slot);
        return slot;
    }

    /// <summary>Waits for a slot.</summary>
    internal async IoTask<NbdSlot> TakeSlotAsync()
    {
        while (true)
        {
            await _slotFreed.WaitAsync();
            if (_free.Take() is { } slot)
                return slot;
        }
    }

    /// <summary>Gives back a slot whose request will not be served.</summary>
    internal void Abandon(NbdSlot slot)
    {
        if (slot.Buffer.Length > 0)
        {
            _disk.Buffers.Return(_holder, slot.Buffer);
            slot.Buffer = default;
        }
        _free.Add(slot);
        _slotFreed.Open();
    }

    /// <summary>Bytes of I/O memory that a request needs.</summary>
    internal static int BufferLength(NbdSlot slot) => slot.Asked.Command switch
    {
        NbdCommand.NBD_CMD_READ or NbdCommand.NBD_CMD_WRITE => (int)slot.Asked.Length,
        NbdCommand.NBD_CMD_BLOCK_STATUS => NbdSlot.MaxExtents * NbdReply.ExtentSize,
        _ => 0,
    };

    internal bool TryRentBuffer(NbdSlot slot, int length)
    {
        bool rented = _disk.Buffers.TryRent(_holder, length, out BlockIo.Buffers.IoBuffer buffer);
        slot.Buffer = buffer;
        return rented;
    }

    internal async IoTask<int> RentBufferAsync(NbdSlot slot, int length)
    {
        slot.Buffer = await _disk.Buffers.RentAsync(_holder, length);
        return 0;
    }

    /// <summary>Hands a request with its data to the disk.</summary>
    internal void Submit(NbdSlot slot)
    {
        NbdRequest asked = slot.Asked;
        BlockRequest request = slot.Request;
        request.Offset = (long)asked.Offset;
        request.Length = asked.Length;
        request.Options = WriteOptions.None;
        if (asked.Has(NbdCommandFlags.NBD_CMD_FLAG_FUA))
            request.Options |= WriteOptions.Durable;
        if (asked.Has(NbdCommandFlags.NBD_CMD_FLAG_NO_HOLE))
            request.Options |= WriteOptions.NoHole;
        if (asked.Has(NbdCommandFlags.NBD_CMD_FLAG_FAST_ZERO))
            request.Options |= WriteOptions.Fast;
        switch (asked.Command)
        {
            case NbdCommand.NBD_CMD_READ:
                request.Operation = BlockOperation.Read;
                request.Buffer = slot.Buffer;
                break;
            case NbdCommand.NBD_CMD_WRITE:
                request.Operation = BlockOperation.Write;
                request.Buffer = slot.Buffer;
                break;
            case NbdCommand.NBD_CMD_FLUSH:
                request.Operation = BlockOperation.Flush;
                break;
            case NbdCommand.NBD_CMD_TRIM:
                request.Operation = BlockOperation.Discard;
                break;
            case NbdCommand.NBD_CMD_WRITE_ZEROES:
                request.Operation = BlockOperation.WriteZeroes;
                break;
            default:
                request.Operation = BlockOperation.BlockStatus;
                request.Extents = slot.ExtentList;
                break;
        }
        _owed++;
        _disk.Queue.Submit(request);
    }

    /// <summary>Sends the reply of a request that never went to the disk.</summary>
    internal void Answer(NbdSlot slot)
    {
        _owed++;
        _sender.Enqueue(slot);
    }

    /// <summary>Tells the log of the first request of this connection that is refused.</summary>
    internal void ReportRefusal(in NbdRequest asked, NbdRefusal refusal)
    {
        if (!TryReport())
            return;
        NbdLog.Refused(
            _disk.Logger, _disk.Minor, Id, asked.Command, asked.Length, asked.Offset, asked.Flags, refusal.Reason);
    }

    /// <inheritdoc />
    void IRequestOwner.Completed(BlockRequest request)
    {
        NbdSlot slot = _slots[(int)request.Tag];
        slot.Complete();
        _sender.Enqueue(slot);
    }

    /// <summary>Frees its memory, once <see cref="RunAsync"/> has returned.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>One handshake and what follows it.</summary>
    /// <returns>True if the client may begin anew.</returns>
    private async IoTask<bool> ServeAsync()
    {
        NbdSettings? settings = await _handshake.RunAsync();
        if (settings is null)
        {
            Report(_handshake.Complaint);
            return false;
        }
        _sender.Start(settings);
        NbdReceiveEnd end = await _receiver.RunAsync(settings);
        if (end == NbdReceiveEnd.Garbage)
            Report(_receiver.Complaint);
        await DrainAsync();
        return end == NbdReceiveEnd.Disconnected && _entrance != NbdEntrance.Listener && !_sender.IsBroken;
    }

    /// <summary>Waits until nothing is at the queue and every answer has been sent, or cannot be.</summary>
    private async IoTask<int> DrainAsync()
    {
        while (_owed > 0)
            await _answered.WaitAsync();
        return 0;
    }

    private async IoTask<int> CloseAsync()
    {
        IsStopping = true;
        _socket.Shutdown();
        await DrainAsync();
        await _sender.StopAsync();
        await _socket.CloseAsync();
        _socket.Scope.Revoke();
        await _socket.Scope.DrainAsync();
        foreach (NbdSlot slot in _slots)
            _disk.Queue.Return(slot.Request);
        NbdLog.Closed(_disk.Logger, _disk.Minor, Id);
        return 0;
    }

    /// <summary>The reply of a slot is out, or can never go out.</summary>
    private void Release(NbdSlot slot)
    {
        Abandon(slot);
        _owed--;
        if (_owed > 0)
            return;
        _answered.Open();
        if (IsStopping)
            _socket.Shutdown();
    }

    private void Report(string? complaint)
    {
        if (complaint is not null && TryReport())
            NbdLog.ProtocolError(_disk.Logger, _disk.Minor, Id, complaint);
    }

    private bool TryReport()
    {
        if (_reported || !_disk.Complaints.TryBegin())
            return false;
        _reported = true;
        return true;
    }
}
