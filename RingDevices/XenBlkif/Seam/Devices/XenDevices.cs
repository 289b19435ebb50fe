using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Seam.Devices;

/// <summary>Xen, through /dev/xen/gntdev and /dev/xen/evtchn. No child inherits them: else its grants and ports would outlive us.</summary>
public sealed class XenDevices : IXenInterface
{
    internal const string GntdevPath = "/dev/xen/gntdev";
    internal const string EvtchnPath = "/dev/xen/evtchn";

    private readonly XenGrantTable _grants;

    private XenDevices()
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

    /// <summary>Opens them, for one engine.</summary>
    /// <exception cref="BlockException">EOPNOTSUPP when this machine has no Xen.</exception>
    public static IXenInterface Open()
    {
        if (!File.Exists(GntdevPath) || !File.Exists(EvtchnPath))
        {
            throw new BlockException(
                BlockErrorKind.Unsupported,
                Errno.EOPNOTSUPP,
                $"A guest's ring cannot be served: {GntdevPath} and {EvtchnPath} are not both here. "
                + "Is this dom0, with the modules xen-gntdev and xen-evtchn?");
        }
        return new XenDevices();
    }

    /// <inheritdoc />
    public IGrantTable Grants => _grants;

    /// <inheritdoc />
    public IEventChannels Events { get; }

    /// <inheritdoc />
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
