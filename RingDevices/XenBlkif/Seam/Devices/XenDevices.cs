using Tapvisor.BlockIo;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Seam.Devices;

/// <summary>Xen, through /dev/xen/gntdev and /dev/xen/evtchn. No child inherits them: else its grants and ports would outlive us.</summary>
internal sealed class XenDevices : IXenInterface
{
    internal const string GntdevPath = "/dev/xen/gntdev";
    internal const string EvtchnPath = "/dev/xen/evtchn";

    private readonly XenGrantTable _grants;

    internal XenDevices()
    {
        _grants = new XenGrantTable(Open(GntdevPath, O_RDWR));
        try
        {
            // Nobody reads it before it is readable, but an engine's thread must not block in any case.
            Events = new XenEventChannels(Open(EvtchnPath, O_RDWR | O_NONBLOCK));
        }
        catch
        {
            _grants.Dispose();
            throw;
        }
    }

    public IGrantTable Grants => _grants;

    public IEventChannels Events { get; }

    public void Dispose() => _grants.Dispose();

    private static int Open(string path, int flags)
    {
        int descriptor = open(path, flags | O_CLOEXEC, 0);
        if (descriptor >= 0)
            return descriptor;
        int error = errno;
        throw new BlockException(BlockErrorKind.Io, error, $"{path} cannot be opened: {Errno.Describe(error)}.");
    }
}
