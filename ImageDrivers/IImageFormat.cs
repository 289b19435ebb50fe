using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>
/// What the service knows about a format, in one place. A new format is a folder beside the others with a class of this interface and an
/// <see cref="IImageDriver"/>, a room for its bytes in Formats/, and a row in <see cref="ImageFormats"/>; no other code knows its name.
/// </summary>
public interface IImageFormat
{
    /// <summary>The TYPE of TYPE:PATH, at most <see cref="ImageName.MaxTypeLength"/> characters.</summary>
    string Type { get; }

    /// <summary>DISK_TYPE_* of upstream's drivers/tapdisk-disktype.h, by which its statistics name the driver.</summary>
    int UpstreamNumber { get; }

    /// <summary>What its images are called in a sentence about several of them.</summary>
    string Plural { get; }

    /// <summary>Its images may be encrypted: opening takes a key.</summary>
    bool TakesKey => false;

    /// <summary>Its images may have a parent, which may be a disk that is served instead of a file.</summary>
    bool TakesParent => false;

    /// <summary>Upstream's driver tells in STATS how many requests it has.</summary>
    bool TellsRequests => true;

    /// <summary>
    /// Opens an image on the engine of <paramref name="scope"/>, on that engine's thread. What the driver demands of requests it says by
    /// <see cref="ImageInfo.Alignment"/>; <see cref="ImageDriverFactory"/> sees to it.
    /// </summary>
    /// <param name="scope">Of the image.</param>
    /// <param name="path">What follows the type, as it was written.</param>
    /// <param name="options">How to open it.</param>
    /// <param name="context">Key and parent only for a format that takes them.</param>
    /// <exception cref="BlockException">It cannot be opened.</exception>
    IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options, ImageContext context);
}
