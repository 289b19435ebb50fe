using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>VHDs: fixed, dynamic and differencing.</summary>
internal sealed class VhdFormat : IImageFormat
{
    /// <inheritdoc />
    public string Type => "vhd";

    /// <inheritdoc />
    public int UpstreamNumber => 4;

    /// <inheritdoc />
    public string Plural => "VHDs";

    /// <inheritdoc />
    public bool TakesKey => true;

    /// <inheritdoc />
    public bool TakesParent => true;

    /// <inheritdoc />
    public bool TellsRequests => false;

    /// <inheritdoc />
    public IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options, ImageContext context) =>
        VhdOpening.OpenAsync(scope, path, options, context);
}
