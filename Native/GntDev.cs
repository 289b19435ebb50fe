using System.Runtime.InteropServices;

namespace Tapvisor.Native;

/// <summary>&lt;xen/gntdev.h&gt;; the requests are int, as Tmds.LibC's ioctl takes them.</summary>
public static class GntDev
{
    public const int IOCTL_GNTDEV_MAP_GRANT_REF = 0x00184700;
    public const int IOCTL_GNTDEV_UNMAP_GRANT_REF = 0x00104701;
    public const int IOCTL_GNTDEV_GRANT_COPY = 0x00104708;
}

/// <summary>Followed by further references where <see cref="count"/> is more than one.</summary>
public struct ioctl_gntdev_map_grant_ref
{
    public uint count;
    public uint pad;
    public ulong index;
    public ioctl_gntdev_grant_ref refs;
}

public struct ioctl_gntdev_grant_ref
{
    public uint domid;
    public uint @ref;
}

public struct ioctl_gntdev_unmap_grant_ref
{
    public ulong index;
    public uint count;
    public uint pad;
}

public unsafe struct ioctl_gntdev_grant_copy
{
    public uint count;
    public gntdev_grant_copy_segment* segments;
}

public struct gntdev_grant_copy_segment
{
    public side source;
    public side dest;
    public ushort len;
    public ushort flags;
    public short status;

    /// <summary>The anonymous union: own memory, or a guest's.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 8)]
    public struct side
    {
        [FieldOffset(0)] public nint virt;
        [FieldOffset(0)] public uint @ref;
        [FieldOffset(4)] public ushort offset;
        [FieldOffset(6)] public ushort domid;
    }
}
