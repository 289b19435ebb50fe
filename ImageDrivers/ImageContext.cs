using Tapvisor.ImageDrivers.Vhd.Parents;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>What opening an image may take besides its name.</summary>
public sealed class ImageContext
{
    /// <summary>No key, and parents everywhere.</summary>
    public static ImageContext Default { get; } = new();

    /// <summary>
    /// Key of every VHD in the chain; null if they are not encrypted. Read while the image is being opened only; whoever gives it erases it.
    /// </summary>
    public SecretMemory? Key { get; init; }

    /// <summary>Where VHDs may have parents.</summary>
    public ParentPolicy Parents { get; init; } = ParentPolicy.AllowAll;
}
