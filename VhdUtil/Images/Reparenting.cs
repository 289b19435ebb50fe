using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Images;

/// <summary>
/// Makes a differencing disk the child of another parent (libvhd.c, vhd_change_parent). Everything is checked before anything is written.
/// </summary>
internal static class Reparenting
{
    /// <exception cref="BlockException">The disk is no differencing one, the parent unusable, or its path too long for the room there
    /// is.</exception>
    public static void Apply(VhdContext context, VhdImage child, string parent, bool raw)
    {
        if (!child.Footer.IsDifferencing)
            throw VhdErrors.Unsupported(child.Path, "is no differencing disk and cannot get a parent");
        ParentLink link = VhdCreator.Link(child.Path, parent, raw ? Guid.Empty : IdentityOf(child, parent));
        VhdHeader header = child.Header;
        List<FileWrite> writes = [];
        for (int i = 0; i < LocatorCount; i++)
        {
            ParentLocator locator = header.GetLocator(i);
            if (locator.Code is not (PLAT_CODE_MACX or PLAT_CODE_W2KU or PLAT_CODE_W2RU))
                continue;
            byte[] path = ParentPath.Encode(locator.Code, link.Path);
            byte[] sectors = new byte[VhdLayout.PadToSector((ulong)path.Length)];
            if (sectors.Length > locator.Space)
                throw VhdErrors.Invalid(
                    $"The parent's path '{link.Path}' does not fit the {locator.Space} bytes that '{child.Path}' has for it.",
                    Errno.ENAMETOOLONG);
            path.CopyTo(sectors, 0);
            writes.Add(new FileWrite((long)locator.DataOffset, sectors));
            header.SetLocator(i, locator with { DataSpace = (uint)sectors.Length, DataLength = (uint)path.Length, Reserved = 0 });
        }

        if (!ParentPath.TryEncodeName(link.Name, header.ParentName))
            throw VhdErrors.Invalid($"The parent's name '{link.Name}' is too long for the header of '{child.Path}'.", Errno.ENAMETOOLONG);
        header.ParentUuid = link.Uuid;
        header.ParentTimestamp = link.Timestamp;
        foreach (FileWrite write in writes)
            child.File.Write(write.Offset, write.Bytes.Span);
        context.FailIfAsked(FailurePoints.ReparentLocator);
        child.WriteHeader();
    }

    private static Guid IdentityOf(VhdImage child, string parent)
    {
        using ImageChain chain = ImageChain.Open(parent, VhdLoadOptions.None);
        if (chain.Images.Any(image => image.File.Status.IsSameAs(child.File.Status)))
            throw new BlockException(BlockErrorKind.InvalidArgument, Errno.ELOOP, $"'{parent}' is itself based on '{child.Path}'.");
        Guid uuid = chain.Leaf.Footer.Uuid;
        return uuid != Guid.Empty ? uuid : throw VhdErrors.Corrupt(parent, "it has no UUID, by which a child could know it");
    }
}
