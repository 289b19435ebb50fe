using Tapvisor.Messages.Blkif;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>
/// A guest that goes on while the processes which serve it die, each before a chosen store to memory that outlives it. The guest
/// checks that each request is answered once and without an error, and that what it reads is what it wrote.
/// </summary>
internal sealed class CrashWorld : IDisposable
{
    private const int Blocks = 64;
    private const int BlockSize = 4096;
    private const int MaxPumps = 20_000;

    private readonly TemporaryDirectory _files = new();
    private readonly LoopbackGuest _guest = new();
    private readonly ModelContent _content = new(Blocks * BlockSize);
    private readonly byte[] _stamps = new byte[Blocks];
    private readonly Random _random;
    private readonly int _seed;
    private readonly Blkfront[] _fronts;
    private readonly Dictionary<(Blkfront Front, ulong Id), Pending> _pending = [];
    private readonly Stack<GuestPage> _pages;
    private readonly HashSet<int> _busy = [];
    private readonly BlkifFrontend _offer;
    private XenBed? _bed;
    private int _storesLeft;
    private int _toDo;

    internal CrashWorld(int seed, int requests, int rings = 1, BlkifProtocol protocol = BlkifProtocol.X86_64, bool keepsGrants = false)
    {
        _seed = seed;
        _random = new Random(seed);
        _toDo = requests;
        _fronts = [.. Enumerable.Range(0, rings).Select(_ => new Blkfront(_guest, protocol, pump: () => { }))];
        _pages = new Stack<GuestPage>(_guest.NewPages(40));
        _offer = new BlkifFrontend(
            _guest.DomId, XenBed.DevId, (uint)protocol, [.. _fronts.Select(f => f.Offer)], IsReadOnly: false, 0, 0, keepsGrants);
    }

    /// <summary>Processes so far.</summary>
    internal int Lives { get; private set; }

    private bool IsDead => _storesLeft <= 0;

    /// <summary>Serves the guest until its process dies, or everything is done.</summary>
    /// <param name="stores">How many stores the process lives for.</param>
    /// <returns>True when everything is done.</returns>
    internal bool Live(int stores)
    {
        _storesLeft = stores;
        Lives++;
        _bed = new XenBed(
            _seed + Lives, new XenBlkifOptions { ShadowDirectory = _files.Path, BeforeStore = Store }, guest: _guest, content: _content,
            start: false);
        try
        {
            _bed.Run(() => _bed.Device.StartAsync(takeOver: true));
            if (_bed.Device.Statistics.Count == 0)
                _bed.Connect(_offer);
        }
        catch (ProcessDiedException)
        {
        }
        for (int pumps = 0; !IsDead; pumps++)
        {
            Assert.True(pumps < MaxPumps, $"seed {_seed}: {_pending.Count} requests are not answered");
            MakeRequests();
            _bed.Pump();
            Check();
            if (_toDo == 0 && _pending.Count == 0)
                break;
        }
        bool done = !IsDead;
        if (done)
            _bed.StopClean();
        Die();
        return done;
    }

    /// <summary>Every block holds what was last written to it.</summary>
    internal void CheckContent()
    {
        for (int block = 0; block < Blocks; block++)
        {
            byte stamp = _stamps[block];
            Assert.True(
                _content.Bytes.AsSpan(block * BlockSize, BlockSize).IndexOfAnyExcept(stamp) < 0, $"seed {_seed}: block {block} is wrong");
        }
    }

    public void Dispose()
    {
        _bed?.Dispose();
        _guest.Dispose();
        _files.Dispose();
    }

    private void Store()
    {
        if (_storesLeft > 0)
            _storesLeft--;
        if (_storesLeft == 0)
            throw new ProcessDiedException();
    }

    /// <summary>kill -9: what ran on the engine never runs again, and the kernel closes its descriptors.</summary>
    private void Die()
    {
        _bed!.Simulated!.Kill();
        _guest.Backend?.Dispose();
        _bed.Dispose();
        _bed = null;
    }

    private void MakeRequests()
    {
        foreach (Blkfront front in _fronts)
        {
            while (_toDo > 0 && _pages.Count > 0 && front.Free > 0 && _random.Next(4) != 0)
            {
                MakeRequest(front);
                _toDo--;
            }
            front.Push();
        }
    }

    private void MakeRequest(Blkfront front)
    {
        int kind = _random.Next(20);
        if (kind == 0)
        {
            _pending[(front, front.Flush())] = new Pending(BlkifOp.BLKIF_OP_FLUSH_DISKCACHE, -1, null, 0);
            return;
        }
        int block = _random.Next(Blocks);
        while (!_busy.Add(block))
            block = _random.Next(Blocks);
        GuestPage page = _pages.Pop();
        var segment = new BlkifSegment { Gref = page.Gref, LastSect = 7 };
        if (kind < 8)
        {
            page.Bytes.Clear();
            _pending[(front, front.Read(block * 8, segment))] = new Pending(BlkifOp.BLKIF_OP_READ, block, page, _stamps[block]);
            return;
        }
        BlkifOp operation = kind < 10 ? BlkifOp.BLKIF_OP_WRITE_BARRIER : BlkifOp.BLKIF_OP_WRITE;
        var stamp = (byte)_random.Next(1, 256);
        page.Bytes.Fill(stamp);
        _pending[(front, front.Put(operation, block * 8, segment))] = new Pending(operation, block, page, stamp);
    }

    private void Check()
    {
        foreach (Blkfront front in _fronts)
        {
            foreach (GuestResponse response in front.Reap())
            {
                Assert.True(_pending.Remove((front, response.Id), out Pending? pending), $"seed {_seed}: request {response.Id}");
                Assert.Equal((BlkifStatus.BLKIF_RSP_OKAY, pending.Operation), (response.Status, response.Operation));
                if (pending.Page is not { } page)
                    continue;
                if (pending.Operation == BlkifOp.BLKIF_OP_READ)
                    Assert.True(page.Bytes.IndexOfAnyExcept(pending.Stamp) < 0, $"seed {_seed}: block {pending.Block} reads wrong");
                else
                    _stamps[pending.Block] = pending.Stamp;
                _busy.Remove(pending.Block);
                _pages.Push(page);
            }
        }
    }

    private sealed record Pending(BlkifOp Operation, int Block, GuestPage? Page, byte Stamp);
}
