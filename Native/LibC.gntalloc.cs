namespace Tapvisor.Native;

// <xen/gntalloc.h>
public static unsafe partial class LibC
{
    public const uint IOCTL_GNTALLOC_ALLOC_GREF = 0x00184705;
    public const uint IOCTL_GNTALLOC_DEALLOC_GREF = 0x00104706;
    public const ushort GNTALLOC_FLAG_WRITABLE = 1;
}

/// <summary>Room for one reference; a longer block holds more.</summary>
public struct ioctl_gntalloc_alloc_gref
{
    public ushort domid;
    public ushort flags;
    public uint count;
    public ulong index;
    public uint gref_ids;
}

public struct ioctl_gntalloc_dealloc_gref
{
    public ulong index;
    public uint count;
}
