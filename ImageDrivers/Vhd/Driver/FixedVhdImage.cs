using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Vhd.Driver;

/// <summary>A fixed VHD: a raw disk with a footer behind it that nothing changes.</summary>
/// <param name="disk">The raw disk.</param>
internal sealed class FixedVhdImage(IImageDriver disk) : ImageFilter(disk)
{
    /// <inheritdoc />
    /// <remarks>What follows the disk is its footer: a longer file is no longer disk.</remarks>
    public override IoTask<int> RefreshAsync() => new(0);
}
