using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Aio;

internal static class AioImage
{
    internal static IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options) => throw new NotSupportedException();
}
