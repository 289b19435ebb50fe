using System.Text;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tmds.Linux;

namespace Tapvisor.VhdUtil.Images;

/// <summary>
/// The marker and the key's hash: in the batmap's header, or in extended attributes of a disk without one (libvhd.c, vhd_marker,
/// vhd_get_keyhash).
/// </summary>
internal static unsafe class Extras
{
    private const string MarkerAttribute = "user.com.citrix.xenclient.backend.marker";

    /// <exception cref="BlockException">The batmap's header is damaged.</exception>
    public static byte GetMarker(this VhdImage image)
    {
        if (UsesBatmap(image))
            return image.Metadata.BatmapHeader!.Marker;
        Span<byte> value = stackalloc byte[1];
        Get(image.File, MarkerAttribute, value);
        return value[0];
    }

    public static void SetMarker(this VhdImage image, byte marker)
    {
        if (UsesBatmap(image))
        {
            image.Metadata.BatmapHeader!.Marker = marker;
            image.WriteBatmapHeader();
        }
        else
        {
            Set(image.File, MarkerAttribute, [marker]);
        }
    }

    /// <summary>Null when the disk is not encrypted.</summary>
    public static KeyHash? GetKeyHash(this VhdImage image)
    {
        if (UsesBatmap(image))
            return image.Metadata.BatmapHeader!.KeyHash;
        Span<byte> value = stackalloc byte[KeyHash.Size];
        Get(image.File, VhdConstants.VHD_XATTR_KEYHASH, value);
        return KeyHash.Read(value);
    }

    public static void SetKeyHash(this VhdImage image, KeyHash hash)
    {
        if (UsesBatmap(image))
        {
            image.Metadata.BatmapHeader!.KeyHash = hash;
            image.WriteBatmapHeader();
        }
        else
        {
            Span<byte> value = stackalloc byte[KeyHash.Size];
            hash.Write(value);
            Set(image.File, VhdConstants.VHD_XATTR_KEYHASH, value);
        }
    }

    /// <summary>Whether two disks are encrypted with one key, or neither is.</summary>
    public static bool IsSameKey(KeyHash? one, KeyHash? other) =>
        one is null ? other is null : other is not null && one.Nonce.SequenceEqual(other.Nonce) && one.Hash.SequenceEqual(other.Hash);

    private static bool UsesBatmap(VhdImage image) => image.Metadata switch
    {
        { BatmapHeader: not null } => true,
        { BatmapProblem: { } problem } when image.Footer.Batmap == BatmapPresence.Yes => throw VhdErrors.Corrupt(image.Path, problem),
        _ => false,
    };

    private static void Get(VhdImageFile file, string name, Span<byte> value)
    {
        value.Clear();
        fixed (byte* p = value, n = Encoding.ASCII.GetBytes(name + '\0'))
            if (LinuxCalls.fgetxattr(file.Descriptor, n, p, (nuint)value.Length) < 0 && LibC.errno is not (Errno.ENODATA or Errno.EOPNOTSUPP))
                throw FileErrors.Last($"read the attribute {name} of", file.Path);
    }

    private static void Set(VhdImageFile file, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* p = value, n = Encoding.ASCII.GetBytes(name + '\0'))
            if (LinuxCalls.fsetxattr(file.Descriptor, n, p, (nuint)value.Length, 0) != 0)
                throw FileErrors.Last($"set the attribute {name} of", file.Path);
    }
}
