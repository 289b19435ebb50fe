using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// A block's sector bitmap in memory. A bit is set here only once it may be set in the file, so any state of it may be written at any time;
/// bits are never cleared.
/// </summary>
internal sealed class BlockBitmap
{
    internal BlockBitmap(BitmapCache cache, IoBuffer memory)
    {
        Memory = memory;
        Load = new GroupCommit(() => cache.ReadAsync(this));
        Commit = new GroupCommit(() => cache.WriteAsync(this));
    }

    internal int Block { get; private set; }

    /// <summary>As in the file.</summary>
    internal IoBuffer Memory { get; }

    internal GroupCommit Load { get; }

    internal GroupCommit Commit { get; }

    /// <summary>The bits are known.</summary>
    internal bool IsLoaded { get; set; }

    /// <summary>Requests that use it: it stays.</summary>
    internal int Pins { get; set; }

    /// <summary>Counts changes.</summary>
    internal long Version { get; set; }

    /// <summary>The last change that is in the file.</summary>
    internal long Written { get; set; }

    /// <summary>It has bits that may not be in the file.</summary>
    internal bool IsChanged => Written != Version;

    internal BlockBitmap? Older { get; set; }

    internal BlockBitmap? Newer { get; set; }

    internal void Reset(int block)
    {
        Block = block;
        IsLoaded = false;
        Version = Written = 0;
    }

    /// <summary>Sets the bits of sectors that this file holds from now on.</summary>
    internal void Set(int first, int count)
    {
        SectorBitmap.SetRange(Memory.Span, first, count);
        Version++;
    }

    internal bool HasAll(int first, int count) => SectorBitmap.Find(Memory.Span, value: false, first, first + count) == first + count;
}
