using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>What an NBD server serves.</summary>
internal sealed class NbdFormat : IImageFormat
{
    /// <inheritdoc />
    public string Type => "nbd";

    /// <inheritdoc />
    public int UpstreamNumber => 15;

    /// <inheritdoc />
    public string Plural => "NBD exports";

    /// <inheritdoc />
    public IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options, ImageContext context) =>
        NbdOpening.OpenAsync(scope, path, options);
}
