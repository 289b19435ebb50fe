using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam.Devices;
using Tapvisor.RingDevices.XenBlkif.Seam.Loopback;

namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>Which hypervisor to talk to: Xen's devices, or for development a loopback in a directory.</summary>
/// <param name="LoopbackPath">The loopback's directory; null for Xen's devices.</param>
public sealed record XenSelection(string? LoopbackPath)
{
    private const string Xen = "xen";
    private const string LoopbackPrefix = "loopback:";

    /// <summary>Xen's devices.</summary>
    public static XenSelection Devices { get; } = new((string?)null);

    /// <summary>Understands <c>xen</c> and <c>loopback:DIRECTORY</c>.</summary>
    /// <returns>False if it is neither.</returns>
    public static bool TryParse(string text, out XenSelection selection)
    {
        selection = Devices;
        if (text == Xen)
            return true;
        if (!text.StartsWith(LoopbackPrefix, StringComparison.Ordinal) || text.Length == LoopbackPrefix.Length)
            return false;
        selection = new XenSelection(text[LoopbackPrefix.Length..]);
        return true;
    }

    /// <summary>Opens what it names, for one engine.</summary>
    /// <exception cref="BlockException">EOPNOTSUPP when this machine has no Xen.</exception>
    public IXenInterface Open()
    {
        if (LoopbackPath is { } path)
            return new LoopbackXen(path);
        if (!File.Exists(XenDevices.GntdevPath) || !File.Exists(XenDevices.EvtchnPath))
        {
            throw new BlockException(
                BlockErrorKind.Unsupported,
                Errno.EOPNOTSUPP,
                $"A guest's ring cannot be served: {XenDevices.GntdevPath} and {XenDevices.EvtchnPath} are not both here. "
                + "Is this dom0, with the modules xen-gntdev and xen-evtchn?");
        }
        return new XenDevices();
    }

    /// <inheritdoc />
    public override string ToString() => LoopbackPath is null ? Xen : LoopbackPrefix + LoopbackPath;
}
