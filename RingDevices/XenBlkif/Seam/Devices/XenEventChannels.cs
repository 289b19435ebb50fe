using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.Evtchn;
using static Tmds.Linux.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Seam.Devices;

/// <summary>Event channels by /dev/xen/evtchn (Linux drivers/xen/evtchn.c).</summary>
internal sealed unsafe class XenEventChannels(int descriptor) : IEventChannels
{
    public int Descriptor => descriptor;

    public uint Bind(uint domId, uint remotePort)
    {
        var request = new ioctl_evtchn_bind_interdomain { remote_domain = domId, remote_port = remotePort };
        int port = ioctl(descriptor, IOCTL_EVTCHN_BIND_INTERDOMAIN, &request);
        if (port >= 0)
            return (uint)port;
        int error = errno;
        throw new BlockException(
            BlockErrorKind.Io, error, $"The event channel {remotePort} of domain {domId} cannot be bound: {Errno.Describe(error)}.");
    }

    public void Unbind(uint port)
    {
        var request = new ioctl_evtchn_unbind { port = port };
        _ = ioctl(descriptor, IOCTL_EVTCHN_UNBIND, &request);
    }

    public int Notify(uint port)
    {
        var request = new ioctl_evtchn_notify { port = port };
        return ioctl(descriptor, IOCTL_EVTCHN_NOTIFY, &request) < 0 ? -errno : 0;
    }

    public int Take(Span<uint> ports)
    {
        fixed (uint* first = ports)
        {
            long read = LibC.read(descriptor, first, ports.Length * sizeof(uint));
            if (read >= 0)
                return (int)(read / sizeof(uint));

            // The kernel's queue has room for every bound port; should it overflow all the same, a reset lets events come again.
            if (errno == Errno.EFBIG)
                _ = ioctl(descriptor, IOCTL_EVTCHN_RESET, null);
            return 0;
        }
    }

    public void Unmask(uint port) => _ = write(descriptor, &port, sizeof(uint));
}
