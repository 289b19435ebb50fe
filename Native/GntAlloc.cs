namespace Tapvisor.Native;

/// <summary>&lt;xen/gntalloc.h&gt;; the requests are int, as Tmds.LibC's ioctl takes them.</summary>
public static class GntAlloc
{
    public const int IOCTL_GNTALLOC_ALLOC_GREF = 0x00184705;
    public const int IOCTL_GNTALLOC_DEALLOC_GREF = 0x00104706;
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
