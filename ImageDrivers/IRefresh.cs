using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers;

/// <summary>An image whose length may have been changed by somebody else.</summary>
public interface IRefresh
{
    /// <summary>Looks again; <see cref="IImageDriver.Info"/> holds the result.</summary>
    /// <returns>0 or a negative errno.</returns>
    IoTask<int> RefreshAsync();
}
