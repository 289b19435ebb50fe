namespace Tapvisor.Formats.Vhd;

/// <summary>
/// Constants of the VHD format: Microsoft's "Virtual Hard Disk Image Format Specification" 1.0, and upstream's include/vhd.h and
/// include/libvhd.h for the batmap and the rest of its extensions. All integers of the format are big-endian.
/// </summary>
public static class VhdConstants
{
    public const int VHD_SECTOR_SIZE = 512;
    public const int VHD_SECTOR_SHIFT = 9;

    /// <summary>The block size of everything that is created here, 2 MiB.</summary>
    public const int DD_BLOCKSIZE_DEFAULT = 0x00200000;

    /// <summary>Bytes of the footer, the last ones of the file and, unless the disk is fixed, copied to its beginning.</summary>
    public const int FooterSize = 512;

    /// <summary>Bytes of the footer of a file that an old Virtual PC wrote; what is missing is reserved.</summary>
    public const int ShortFooterSize = 511;

    /// <summary>Bytes of the header of a dynamic or differencing disk.</summary>
    public const int HeaderSize = 1024;

    /// <summary>Bytes of the batmap's header.</summary>
    public const int BatmapHeaderSize = 512;

    public const uint HD_NO_FEATURES = 0;
    public const uint HD_TEMPORARY = 1;
    public const uint HD_RESERVED = 2;
    public const uint HD_FF_VERSION = 0x00010000;

    public const uint HD_CR_OS_WINDOWS = 0x5769326B;
    public const uint HD_CR_OS_MACINTOSH = 0x4D616320;

    public const uint HD_TYPE_NONE = 0;
    public const uint HD_TYPE_FIXED = 2;
    public const uint HD_TYPE_DYNAMIC = 3;
    public const uint HD_TYPE_DIFF = 4;
    public const uint HD_TYPE_MAX = 6;

    /// <summary>Creator versions of "tap": bitmaps little-endian.</summary>
    public const uint VHD_VERSION_0_1 = 0x00000001;

    /// <summary>Bitmaps big-endian, perhaps a batmap.</summary>
    public const uint VHD_VERSION_1_1 = 0x00010001;

    /// <summary>Written by libvhd: always a batmap.</summary>
    public const uint VHD_VERSION_1_2 = 0x00010002;

    /// <summary>Batmap of version 1.2.</summary>
    public const uint VHD_CURRENT_VERSION = 0x00010003;

    public const uint DD_VERSION = 0x00010000;

    /// <summary>A BAT entry of a block that is not in the file.</summary>
    public const uint DD_BLK_UNUSED = 0xFFFFFFFF;

    /// <summary>The version whose checksum sums signed bytes.</summary>
    public const uint VHD_BATMAP_VERSION_1_1 = 0x00010001;

    public const uint VHD_BATMAP_CURRENT_VERSION = 0x00010002;

    public const uint PLAT_CODE_NONE = 0;
    public const uint PLAT_CODE_WI2R = 0x57693272;
    public const uint PLAT_CODE_WI2K = 0x5769326B;
    public const uint PLAT_CODE_W2RU = 0x57327275;
    public const uint PLAT_CODE_W2KU = 0x57326B75;
    public const uint PLAT_CODE_MAC = 0x4D616320;
    public const uint PLAT_CODE_MACX = 0x4D616358;

    /// <summary>The extended attribute that holds struct vhd_keyhash of a disk without batmap.</summary>
    public const string VHD_XATTR_KEYHASH = "user.com.citrix.xenclient.backend.keyhash";

    /// <summary>Parent locators in a header.</summary>
    public const int LocatorCount = 8;

    public static ReadOnlySpan<byte> HD_COOKIE => "conectix"u8;

    /// <summary>Stands for <see cref="HD_COOKIE"/> while a journalled operation is under way.</summary>
    public static ReadOnlySpan<byte> VHD_POISON_COOKIE => "v_poison"u8;

    public static ReadOnlySpan<byte> DD_COOKIE => "cxsparse"u8;

    public static ReadOnlySpan<byte> VHD_BATMAP_COOKIE => "tdbatmap"u8;
}
