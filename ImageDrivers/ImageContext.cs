using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Parents;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>What opening an image may take besides its name.</summary>
public sealed record ImageContext
{
    /// <summary>No keys, and parents everywhere.</summary>
    public static ImageContext Default { get; } = new();

    /// <summary>
    /// Key of VHDs in the chain, at least one; null if there is none, or it is in <see cref="KeyDirectories"/>. Read while the image is being
    /// opened only; whoever gives it erases it.
    /// </summary>
    public SecretMemory? Key { get; init; }

    /// <summary>Where VHDs that <see cref="Key"/> does not fit have theirs.</summary>
    public KeyDirectories KeyDirectories { get; init; } = KeyDirectories.None;

    /// <summary>Minor of the disk that is the parent of a differencing VHD, instead of the file that it names; null for the file.</summary>
    public int? ParentMinor { get; init; }

    /// <summary>Where disks' sockets are.</summary>
    public NbdSockets Sockets { get; init; } = NbdSockets.None;

    /// <summary>Where VHDs may have parents.</summary>
    public ParentPolicy Parents { get; init; } = ParentPolicy.AllowAll;
}
