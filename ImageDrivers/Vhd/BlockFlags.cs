using Tapvisor.Formats.Vhd;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>A bit for each block of a disk.</summary>
/// <param name="count">Blocks.</param>
internal sealed class BlockFlags(int count)
{
    private readonly byte[] _bits = new byte[(count + 7) / 8];

    internal bool this[int block]
    {
        get => SectorBitmap.Test(_bits, block);
        set
        {
            if (value)
                SectorBitmap.Set(_bits, block);
            else
                SectorBitmap.Clear(_bits, block);
        }
    }
}
