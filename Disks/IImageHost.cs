using Tapvisor.ImageDrivers;
using Tapvisor.Native;

namespace Tapvisor.Disks;

/// <summary>Opens and closes a disk's image on its engine. Any thread may call, one call at a time.</summary>
public interface IImageHost
{
    /// <summary>
    /// Raised on the engine's thread when the driver has failed and everything of it has unwound; the image must then be closed before
    /// another is opened. What was not answered waits.
    /// </summary>
    event Action<Exception>? Faulted;

    /// <summary>Keys may be found although OPEN brought none.</summary>
    bool FindsKeys { get; }

    /// <summary>Opens the image and lets the requests go to it.</summary>
    /// <exception cref="BlockException">The reason; nothing is left open.</exception>
    Task<ImageInfo> OpenAsync(ImageRequest request);

    /// <summary>Holds new requests, waits for those at the image and closes it; nothing to do when none is open.</summary>
    /// <param name="force">Calls the requests at the image back instead of waiting for them.</param>
    /// <exception cref="BlockException">What had to be written at the end failed; the image is closed.</exception>
    Task CloseAsync(bool force);

    /// <summary>Answers what waits and what comes with an error; no image is open.</summary>
    Task FailAsync(int errno);
}
