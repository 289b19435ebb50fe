using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>A VHD opened as the service opens it, for one piece of work, and closed.</summary>
internal static class OpenedVhd
{
    internal static void Use(
        EngineHost host,
        string path,
        Func<IImageDriver, IoTask<int>> work,
        ImageOptions options = ImageOptions.None,
        byte[]? key = null,
        string? keyDirectory = null) =>
        Assert.Equal(0, host.Run(async IoTask<int> () =>
        {
            using SecretMemory? secret = key is null ? null : new SecretMemory(key);
            IImageDriver image = await ImageDriverFactory.OpenAsync(
                host.Scope, new ImageName("vhd", path), options, new ImageContext
                {
                    Key = secret,
                    KeyDirectories = keyDirectory is null ? KeyDirectories.None : new KeyDirectories([keyDirectory]),
                });
            int result = await work(image);
            int closed = await image.CloseAsync();
            return result < 0 ? result : closed;
        }));
}
