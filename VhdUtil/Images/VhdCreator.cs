using Tapvisor.Formats.Parents;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Images;

/// <summary>Makes new disks' files; one that cannot be finished is removed (libvhd.c, __vhd_create).</summary>
internal static class VhdCreator
{
    /// <summary>Sizes are rounded up to whole blocks of 2 MiB.</summary>
    public static ulong RoundUp(ulong size) =>
        (Math.Min(size, ulong.MaxValue - DD_BLOCKSIZE_DEFAULT) + DD_BLOCKSIZE_DEFAULT - 1) / DD_BLOCKSIZE_DEFAULT * DD_BLOCKSIZE_DEFAULT;

    /// <summary>Makes a dynamic or differencing disk.</summary>
    public static void Create(string path, VhdSpecification specification)
    {
        VhdCreation plan = VhdCreation.Plan(path, specification);
        Write(path, file =>
        {
            foreach (FileWrite write in plan.Writes)
                file.Write(write.Offset, write.Bytes.Span);
            file.Write(file.IsBlockDevice ? file.Length - FooterSize : plan.EndOfHeaders, plan.Footer.Bytes);
        });
    }

    /// <summary>Makes a fixed disk, with all of its space reserved.</summary>
    public static void CreateFixed(string path, ulong size, Guid uuid, uint timestamp)
    {
        if (size > VhdLimits.MaxVirtualSize)
            throw VhdErrors.TooLarge(path, size);
        VhdFooter footer = VhdFooter.Create(HD_TYPE_FIXED, size, uuid, timestamp);
        Write(path, file =>
        {
            file.Reserve(0, (long)size);
            file.Write(file.IsBlockDevice ? file.Length - FooterSize : (long)size, footer.Bytes);
        });
    }

    /// <summary>What a child at <paramref name="child"/> has to note about its parent.</summary>
    /// <param name="child">The child's path; the file need not exist.</param>
    /// <param name="parent">The parent's path.</param>
    /// <param name="uuid">The parent's, or empty if it is raw.</param>
    /// <exception cref="BlockException">The parent is neither file nor device, or it is the child.</exception>
    public static ParentLink Link(string child, string parent, Guid uuid)
    {
        string canonical = HostNames.Paths.Of(parent);
        FileStatus status = FileStatus.Of(canonical);
        if (!status.IsRegular && !status.IsBlockDevice)
            throw VhdErrors.Invalid($"The parent '{parent}' is neither a file nor a block device.");
        string canonicalChild = HostNames.Paths.OfNew(child);
        if (canonicalChild == canonical || (HostNames.Paths.TryOf(child, out _) is not null && FileStatus.Of(child).IsSameAs(status)))
            throw VhdErrors.Invalid($"'{child}' cannot be its own parent.");
        return new ParentLink(CanonicalPaths.Relative(canonicalChild, canonical), uuid, VhdTime.FromUnixSeconds(status.ModifiedAt));
    }

    private static void Write(string path, Action<VhdImageFile> write)
    {
        using VhdImageFile file = VhdImageFile.Open(path, ImageAccess.Create);
        try
        {
            write(file);
            file.Sync();
        }
        catch when (!file.IsBlockDevice)
        {
            VhdImageFile.Delete(path);
            throw;
        }
    }
}
