using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>A device's nodes on both sides at one moment, and the disk that they name.</summary>
internal sealed record VbdSnapshot(NodeValues Backend, NodeValues Frontend, DiskClaim Claim)
{
    /// <summary>The backend's nodes that are looked at.</summary>
    internal static readonly string[] BackendNodes =
    [
        "frontend", "state", "online", "mode", "script", "device-type", "discard-enable", "hotplug-status", "physical-device",
        "physical-device-path", "polling-duration", "polling-idle-threshold", "pid", "sectors", "sector-size",
        FrontendOffer.KeepsGrants,
    ];

    /// <summary>Whether the device is there; nodes that a late script left in a removed directory are no device.</summary>
    internal bool Exists => Backend.State is not null;

    /// <summary>The frontend's directory; null when what is there cannot be one, or leaves no room for the names of its nodes.</summary>
    internal string? FrontendPath =>
        Backend["frontend"] is { Length: < XenStoreLimits.RelativePath } path && XenStorePath.IsAbsolute(path) ? path : null;

    internal XenbusState BackendState => Backend.State ?? XenbusState.Unknown;

    /// <summary>The hotplug script has done its work.</summary>
    internal bool IsPlugged => Backend["hotplug-status"] == "connected";

    /// <summary>The toolstack takes the device away. Whoever forgets online but writes state 5 means the same.</summary>
    internal bool IsOffline => Backend["online"] is { } online ? online != "1" : Backend.State is XenbusState.Closing;

    /// <summary>
    /// The toolstack asks for logical sectors of 4 KiB by writing sector-size before the frontend comes. Of a size that is no multiple of
    /// them the rest at the end is not offered, as by a disk that has such sectors.
    /// </summary>
    internal bool WantsLargeSectors => Backend["sector-size"] == "4096";

    internal Toolstack ToolstackOf(VbdOptions options) => options.Toolstack is not Toolstack.Auto
        ? options.Toolstack
        : Backend["script"] is null ? Toolstack.XenOpsD : Toolstack.LibXl;

    /// <exception cref="VbdException">EINVAL: mode is neither r nor w.</exception>
    internal bool IsReadOnly => Backend["mode"] switch
    {
        "r" => true,
        "w" => false,
        null => throw new VbdException(Errno.ENOENT, "the node mode is missing"),
        { } mode => throw new VbdException(Errno.EINVAL, $"the node mode is '{NodeValues.Shown(mode)}', not r or w"),
    };

    internal bool IsCdRom => DeviceType == "cdrom";

    /// <summary>The toolstack's word counts, which the guest cannot change.</summary>
    private string DeviceType => Backend["device-type"] ?? Frontend["device-type"] ?? "disk";

    /// <exception cref="VbdException">EOPNOTSUPP: neither disk nor cdrom.</exception>
    internal void CheckDeviceType()
    {
        if (DeviceType is not ("disk" or "cdrom"))
            throw new VbdException(Errno.EOPNOTSUPP, $"the node device-type is '{NodeValues.Shown(DeviceType)}', not disk or cdrom");
    }
}
