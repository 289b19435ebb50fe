using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Seam.Devices;
using Tmds.Linux;
using static Tapvisor.Native.Evtchn;
using static Tapvisor.Native.GntAlloc;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>
/// A guest that is this domain itself: /dev/xen/gntalloc grants pages, and an unbound event channel is offered, both to domain 0.
/// </summary>
internal sealed unsafe class XenGuest : IGuest
{
    private const int PageSize = GuestPage.Size;

    private readonly int _gntalloc = Open("/dev/xen/gntalloc");
    private readonly int _evtchn = Open("/dev/xen/evtchn");
    private readonly List<(nint Address, ulong Index, int Count)> _pages = [];

    public uint DomId => 0;

    public IXenInterface OpenBackend() => XenDevices.Open();

    public GuestPage[] NewPages(int count, bool writable = true)
    {
        byte* block = stackalloc byte[sizeof(ioctl_gntalloc_alloc_gref) + (count * sizeof(uint))];
        var request = (ioctl_gntalloc_alloc_gref*)block;
        *request = new ioctl_gntalloc_alloc_gref
        {
            domid = (ushort)DomId,
            flags = writable ? GNTALLOC_FLAG_WRITABLE : (ushort)0,
            count = (uint)count,
        };
        Check(ioctl(_gntalloc, IOCTL_GNTALLOC_ALLOC_GREF, request), $"grant {count} pages");
        int length = count * PageSize;
        var memory = (byte*)mmap(null, length, PROT_READ | PROT_WRITE, MAP_SHARED, _gntalloc, (long)request->index);
        Assert.True(memory != MAP_FAILED, $"cannot map granted pages: {errno}");
        new Span<byte>(memory, length).Clear();
        _pages.Add(((nint)memory, request->index, count));
        var pages = new GuestPage[count];
        for (int i = 0; i < count; i++)
            pages[i] = new GuestPage((&request->gref_ids)[i], (nint)memory + (i * PageSize));
        return pages;
    }

    public uint NewPort()
    {
        var request = new ioctl_evtchn_bind_unbound_port { remote_domain = DomId };
        return (uint)Check(ioctl(_evtchn, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &request), "offer an event channel");
    }

    public void ClosePort(uint port)
    {
        var request = new ioctl_evtchn_unbind { port = port };
        Check(ioctl(_evtchn, IOCTL_EVTCHN_UNBIND, &request), "close an event channel");
    }

    public void Notify(uint port)
    {
        var request = new ioctl_evtchn_notify { port = port };
        Check(ioctl(_evtchn, IOCTL_EVTCHN_NOTIFY, &request), "notify");
    }

    public int WaitForEvents(TimeSpan patience)
    {
        var asked = new pollfd { fd = _evtchn, events = POLLIN };
        _ = LinuxCalls.poll(&asked, 1, (int)patience.TotalMilliseconds);
        uint* ports = stackalloc uint[16];
        long bytes = read(_evtchn, ports, 16 * sizeof(uint));
        if (bytes <= 0)
            return 0;
        _ = write(_evtchn, ports, (int)bytes);
        return (int)(bytes / sizeof(uint));
    }

    public void Dispose()
    {
        foreach ((nint address, ulong index, int count) in _pages)
        {
            _ = munmap((void*)address, count * PageSize);
            var request = new ioctl_gntalloc_dealloc_gref { index = index, count = (uint)count };
            _ = ioctl(_gntalloc, IOCTL_GNTALLOC_DEALLOC_GREF, &request);
        }
        _ = close(_gntalloc);
        _ = close(_evtchn);
    }

    private static int Open(string path) => Check(open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC, 0), $"open {path}");

    private static int Check(int result, string what)
    {
        Assert.True(result >= 0, $"cannot {what}: {Errno.Describe(errno)}");
        return result;
    }
}
