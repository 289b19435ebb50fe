using System.Globalization;
using Tapvisor.Control;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>Which disk a device's nodes name.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Minor">Of ours; or, where there is nothing but the number of a minor that is not open here, that.</param>
/// <param name="Disk">Of ours, if it is open.</param>
internal sealed record DiskClaim(DiskOwner Owner, int Minor = -1, OpenDisk? Disk = null)
{
    internal static readonly DiskClaim None = new(DiskOwner.None);

    /// <summary>
    /// Reads physical-device-path, …/nbd&lt;pid&gt;.&lt;minor&gt;, or else physical-device, hexadecimal major:minor with major 0
    /// (upstream tapback/backend.c, physical_device_path_changed and physical_device_changed).
    /// </summary>
    internal static DiskClaim Of(string? path, string? device, OpenDisks disks, int pid, Func<int, bool> isAlive)
    {
        if (path is { Length: > 0 })
            return OfPath(path[(path.LastIndexOf('/') + 1)..], disks, pid, isAlive);
        if (device is not { Length: > 0 })
            return None;
        string[] numbers = device.Split(':');
        if (numbers.Length != 2 || !IsHex(numbers[0], out int major) || !IsHex(numbers[1], out int minor) || major != 0)
            return new DiskClaim(DiskOwner.Malformed);
        return disks.Find(minor) is { } disk ? new DiskClaim(DiskOwner.Ours, minor, disk) : new DiskClaim(DiskOwner.Foreign, minor);
    }

    private static DiskClaim OfPath(string name, OpenDisks disks, int pid, Func<int, bool> isAlive)
    {
        if (disks.Find(name) is { } disk)
            return new DiskClaim(DiskOwner.Ours, disk.Minor, disk);
        if (!ControlDirectory.TryParseNbdSocket(name, out int owner, out int minor))
            return new DiskClaim(DiskOwner.Malformed);
        if (owner == pid)
            return new DiskClaim(DiskOwner.Ours, minor);

        // The dead own nothing: theirs is nobody's until a service brings the disk back.
        return isAlive(owner) ? new DiskClaim(DiskOwner.Foreign) : None;
    }

    private static bool IsHex(string text, out int number) =>
        int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0;
}
