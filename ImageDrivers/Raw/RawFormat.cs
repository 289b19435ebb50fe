using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Raw;

/// <summary>Raw files and block devices, whose type is called after upstream's driver.</summary>
internal sealed class RawFormat : IImageFormat
{
    /// <inheritdoc />
    public string Type => "aio";

    /// <inheritdoc />
    public int UpstreamNumber => 0;

    /// <inheritdoc />
    public string Plural => "raw disks";

    /// <inheritdoc />
    public IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options, ImageContext context) =>
        RawOpening.OpenAsync(scope, path, options);
}
