using System.Buffers.Binary;
using System.Diagnostics;
using Tapvisor.Messages.Blkif;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>One ring as a guest's block frontend drives it; it can also do what no frontend should.</summary>
internal sealed unsafe class Blkfront
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly BlkifLayout _layout;
    private readonly GuestPage[] _pages;
    private readonly byte* _ring;
    private readonly HashSet<ulong> _outstanding = [];
    private ulong _lastId;
    private uint _produced;
    private uint _pushed;
    private uint _consumed;

    internal Blkfront(IGuest guest, BlkifProtocol protocol = BlkifProtocol.X86_64, int order = 0, Action? pump = null)
    {
        Guest = guest;
        Protocol = protocol;
        Pump = pump ?? (() => guest.WaitForEvents(TimeSpan.FromMilliseconds(100)));
        _layout = BlkifLayout.Of(protocol)!;
        _pages = guest.NewPages(1 << order);
        _ring = (byte*)_pages[0].Address;
        Size = _layout.Entries(_pages.Length);
        Port = guest.NewPort();
        RequestEvent = 1;
        ResponseEvent = 1;
    }

    internal IGuest Guest { get; }

    internal BlkifProtocol Protocol { get; }

    /// <summary>What to do while waiting for the backend.</summary>
    internal Action Pump { get; set; }

    internal int Size { get; }

    internal uint Port { get; }

    internal BlkifRing Offer => new([.. _pages.Select(p => p.Gref)], Port);

    internal int Outstanding => _outstanding.Count;

    internal int Free => Size - (int)(_produced - _consumed);

    internal int Kicks { get; private set; }

    internal uint RequestsProduced
    {
        get => Word(0);
        set => Volatile.Write(ref Word(0), value);
    }

    internal uint RequestEvent
    {
        get => Volatile.Read(ref Word(4));
        set => Volatile.Write(ref Word(4), value);
    }

    internal uint ResponsesProduced
    {
        get => Volatile.Read(ref Word(8));
        set => Volatile.Write(ref Word(8), value);
    }

    internal uint ResponseEvent
    {
        get => Volatile.Read(ref Word(12));
        set => Volatile.Write(ref Word(12), value);
    }

    internal ulong Read(long sector, params BlkifSegment[] segments) => Put(BlkifOp.BLKIF_OP_READ, sector, segments);

    internal ulong Write(long sector, params BlkifSegment[] segments) => Put(BlkifOp.BLKIF_OP_WRITE, sector, segments);

    internal ulong Flush() => Put(BlkifOp.BLKIF_OP_FLUSH_DISKCACHE, 0);

    internal ulong Barrier(long sector, params BlkifSegment[] segments) => Put(BlkifOp.BLKIF_OP_WRITE_BARRIER, sector, segments);

    internal ulong Put(BlkifOp operation, long sector, params BlkifSegment[] segments)
    {
        Span<byte> request = stackalloc byte[BlkifLimits.MaxRequestSize];
        request.Clear();
        request[0] = (byte)operation;
        request[1] = (byte)segments.Length;
        BinaryPrimitives.WriteInt64LittleEndian(request[_layout.SectorNumber..], sector);
        for (int i = 0; i < Math.Min(segments.Length, BlkifLimits.MaxSegments); i++)
            WriteSegment(request[(_layout.Segments + (i * BlkifSegment.Size))..], segments[i]);
        return PutRaw(request);
    }

    internal ulong Discard(long sector, ulong sectors, bool secure = false)
    {
        Span<byte> request = stackalloc byte[BlkifLimits.MaxRequestSize];
        request.Clear();
        request[0] = (byte)BlkifOp.BLKIF_OP_DISCARD;
        request[1] = secure ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(request[_layout.SectorNumber..], sector);
        BinaryPrimitives.WriteUInt64LittleEndian(request[_layout.DiscardSectors..], sectors);
        return PutRaw(request);
    }

    /// <summary>An indirect request; the list of its segments goes to <paramref name="list"/>.</summary>
    internal ulong Indirect(BlkifOp inner, long sector, GuestPage list, BlkifSegment[] segments, int? count = null)
    {
        for (int i = 0; i < segments.Length; i++)
            WriteSegment(list.Bytes[(i * BlkifSegment.Size)..], segments[i]);
        Span<byte> request = stackalloc byte[BlkifLimits.MaxRequestSize];
        request.Clear();
        request[0] = (byte)BlkifOp.BLKIF_OP_INDIRECT;
        request[1] = (byte)inner;
        BinaryPrimitives.WriteUInt16LittleEndian(request[2..], (ushort)(count ?? segments.Length));
        BinaryPrimitives.WriteInt64LittleEndian(request[_layout.SectorNumber..], sector);
        BinaryPrimitives.WriteUInt32LittleEndian(request[_layout.IndirectGrefs..], list.Gref);
        return PutRaw(request);
    }

    /// <summary>Puts a request as it is, save for its id.</summary>
    internal ulong PutRaw(ReadOnlySpan<byte> request)
    {
        Assert.True(Free > 0, "the ring is full");
        ulong id = ++_lastId;
        Span<byte> slot = Slot(_produced++);
        request[.._layout.EntrySize].CopyTo(slot);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[_layout.Id..], id);
        _outstanding.Add(id);
        return id;
    }

    /// <summary>Shows the backend what was put, and notifies it if it wants that (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY).</summary>
    internal void Push()
    {
        uint old = _pushed;
        _pushed = _produced;
        RequestsProduced = _produced;
        Interlocked.MemoryBarrier();
        if (_produced - RequestEvent < _produced - old)
            Kick();
    }

    internal void Kick()
    {
        Kicks++;
        Guest.Notify(Port);
    }

    /// <summary>Takes the responses that are there; each must be for a request that waits for one.</summary>
    internal List<GuestResponse> Reap()
    {
        var responses = new List<GuestResponse>();
        do
        {
            uint produced = ResponsesProduced;
            Assert.True(produced - _consumed <= (uint)(_produced - _consumed), $"rsp_prod {produced} runs ahead of the requests");
            for (; _consumed != produced; _consumed++)
                responses.Add(Response(_consumed));
            ResponseEvent = _consumed + 1;
            Interlocked.MemoryBarrier();
        }
        while (ResponsesProduced != _consumed);
        return responses;
    }

    /// <summary>Pushes, and waits for the answers to all that is outstanding.</summary>
    internal Dictionary<ulong, GuestResponse> Complete()
    {
        Push();
        return Wait(_outstanding.Count);
    }

    /// <summary>Waits for so many responses.</summary>
    internal Dictionary<ulong, GuestResponse> Wait(int count)
    {
        var responses = new Dictionary<ulong, GuestResponse>();
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach (GuestResponse response in Reap())
                responses.Add(response.Id, response);
            if (responses.Count >= count)
                return responses;
            Assert.True(Stopwatch.GetElapsedTime(begun) < s_patience, $"{_outstanding.Count} requests are not answered");
            Pump();
        }
    }

    /// <summary>Pushes one request and waits for its answer.</summary>
    internal GuestResponse Answer(ulong id) => Complete()[id];

    /// <summary>Pushes one request and waits for its status.</summary>
    internal BlkifStatus Do(ulong id) => Complete()[id].Status;

    /// <summary>Puts a request without looking whether there is room, and shows it at once: what no frontend does.</summary>
    internal void PutAnywhere(ReadOnlySpan<byte> request)
    {
        request[.._layout.EntrySize].CopyTo(Slot(RequestsProduced));
        RequestsProduced++;
    }

    /// <summary>Writes garbage over a part of the ring's entries.</summary>
    internal void Scribble(Random random) => random.NextBytes(Slot((uint)random.Next(Size)));

    internal void SetSector(Span<byte> request, long sector) =>
        BinaryPrimitives.WriteInt64LittleEndian(request[_layout.SectorNumber..], sector);

    internal void SetSegment(Span<byte> request, int index, uint gref, byte first, byte last)
    {
        Span<byte> segment = request[(_layout.Segments + (index * BlkifSegment.Size))..];
        if (segment.Length >= BlkifSegment.Size)
            WriteSegment(segment, new BlkifSegment { Gref = gref, FirstSect = first, LastSect = last });
    }

    internal void SetIndirect(Span<byte> request, uint gref) =>
        BinaryPrimitives.WriteUInt32LittleEndian(request[_layout.IndirectGrefs..], gref);

    private static void WriteSegment(Span<byte> to, BlkifSegment segment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, segment.Gref);
        to[4] = segment.FirstSect;
        to[5] = segment.LastSect;
    }

    private GuestResponse Response(uint index)
    {
        Span<byte> slot = Slot(index);
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(slot);
        Assert.True(_outstanding.Remove(id), $"request {id} is answered although it does not wait for an answer");
        Assert.Equal(0, slot[9]);
        if (_layout.ResponseSize > 12)
            Assert.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(slot[12..]));
        return new GuestResponse(id, (BlkifOp)slot[8], (BlkifStatus)BinaryPrimitives.ReadInt16LittleEndian(slot[10..]));
    }

    private Span<byte> Slot(uint index) =>
        new(_ring + BlkifLayout.HeaderSize + ((index & (uint)(Size - 1)) * (uint)_layout.EntrySize), _layout.EntrySize);

    private ref uint Word(int offset) => ref *(uint*)(_ring + offset);
}
