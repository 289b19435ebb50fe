using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.Simulation.Hypervisor;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>A guest of the loopback.</summary>
internal sealed unsafe class LoopbackGuest : IGuest
{
    private readonly string _root;
    private readonly TemporaryDirectory? _own;
    private readonly LoopbackDomain _domain;
    private readonly LoopbackQueue _queue;
    private readonly Dictionary<(int Pid, int Number), LoopbackQueue?> _backends = [];
    private uint _lastPage;
    private uint _lastPort;

    internal LoopbackGuest(uint domId = 7, string? root = null)
    {
        _own = root is null ? new TemporaryDirectory() : null;
        _root = root ?? _own!.Path;
        _domain = LoopbackDomain.Create(_root, domId);
        _queue = LoopbackQueue.Create(LoopbackDomain.QueueOf(_root, domId));
    }

    public uint DomId => _domain.DomId;

    internal string Root => _root;

    /// <summary>The last backend that was opened.</summary>
    internal LoopbackXen? Backend { get; private set; }

    public IXenInterface OpenBackend() => Backend = new LoopbackXen(_root);

    public GuestPage[] NewPages(int count, bool writable = true)
    {
        var pages = new GuestPage[count];
        for (int i = 0; i < count; i++)
        {
            uint gref = ++_lastPage;
            _domain.Access[gref] = writable ? LoopbackDomain.Readable | LoopbackDomain.Writable : LoopbackDomain.Readable;
            pages[i] = new GuestPage(gref, (nint)_domain.Page(gref));
        }
        return pages;
    }

    public uint NewPort()
    {
        uint port = ++_lastPort;
        Volatile.Write(ref _domain.Ports[port].IsOpen, 1);
        return port;
    }

    public void ClosePort(uint port) => Volatile.Write(ref _domain.Ports[port].IsOpen, 0);

    /// <summary>No page is granted any more.</summary>
    internal void EndAccess(GuestPage page) => _domain.Access[page.Gref] = 0;

    /// <summary>Undoes <see cref="EndAccess"/>.</summary>
    internal GuestPage Grant(GuestPage page)
    {
        _domain.Access[page.Gref] = LoopbackDomain.Readable | LoopbackDomain.Writable;
        return page;
    }

    /// <summary>As gnttab_query_foreign_access tells a guest.</summary>
    internal bool IsMapped(GuestPage page) => _domain.IsMapped(page.Gref);

    public void Notify(uint port)
    {
        LoopbackPort* channel = _domain.Ports + port;
        if (Interlocked.Exchange(ref channel->BackendPending, 1) != 0 || Volatile.Read(ref channel->BackendMasked) != 0)
            return;
        (int, int) backend = (Volatile.Read(ref channel->BackendPid), channel->BackendNumber);
        if (backend.Item1 == 0)
            return;
        if (!_backends.TryGetValue(backend, out LoopbackQueue? queue))
            _backends[backend] = queue = LoopbackQueue.Find(LoopbackQueue.BackendPath(_root, backend.Item1, backend.Item2));
        queue?.Put(channel->BackendPort);
    }

    public int WaitForEvents(TimeSpan patience)
    {
        var asked = new pollfd { fd = _queue.Descriptor, events = POLLIN };
        if (patience > TimeSpan.Zero)
            _ = LinuxCalls.poll(&asked, 1, (int)patience.TotalMilliseconds);
        Span<uint> ports = stackalloc uint[16];
        int count = _queue.Take(ports);
        foreach (uint port in ports[..count])
            Interlocked.Exchange(ref _domain.Ports[port].Pending, 0);
        return count;
    }

    public void Dispose()
    {
        _queue.Close();
        _domain.Dispose();
        foreach (LoopbackQueue? backend in _backends.Values)
            backend?.Close();
        _own?.Dispose();
    }
}
