using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;

namespace Tapvisor.VhdUtil.Images;

/// <summary>A disk with everything that it is based on, opened for reading: the leaf first, then VHDs, then perhaps a raw disk.</summary>
internal sealed class ImageChain : IDisposable
{
    private readonly List<VhdImage> _images = [];

    private ImageChain(VhdImage leaf) => _images.Add(leaf);

    /// <summary>The VHDs, the leaf first.</summary>
    public IReadOnlyList<VhdImage> Images => _images;

    public VhdImage Leaf => _images[0];

    /// <summary>What the last VHD is based on, if that is no VHD.</summary>
    public VhdImageFile? RawBase { get; private set; }

    /// <summary>Files in the chain.</summary>
    public int Depth => _images.Count + (RawBase is null ? 0 : 1);

    /// <exception cref="BlockException">A file is missing, damaged or another than it was, or the chain loops.</exception>
    public static ImageChain Open(string path, VhdLoadOptions options) => Open(VhdImage.Open(path, ImageAccess.Read, options), options);

    /// <summary>Opens what an open leaf is based on. The chain then owns the leaf, and closes it if this fails.</summary>
    public static ImageChain Open(VhdImage leaf, VhdLoadOptions options)
    {
        ImageChain chain = new(leaf);
        try
        {
            while (chain.Add(options))
            {
            }

            return chain;
        }
        catch
        {
            chain.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _images.ForEach(image => image.Dispose());
        RawBase?.Dispose();
    }

    private bool Add(VhdLoadOptions options)
    {
        VhdImage child = _images[^1];
        if (!child.Footer.IsDifferencing)
            return false;
        string parent = child.FindParent();
        if (child.Header.HasRawParent)
        {
            RawBase = VhdImageFile.Open(parent, ImageAccess.Read);
            return false;
        }

        VhdImage image = VhdImage.Open(parent, ImageAccess.Read, options);
        _images.Add(image);
        if (image.Footer.Uuid != child.Header.ParentUuid)
            throw VhdErrors.Parent(
                $"'{parent}' is not the parent that '{child.Path}' was based on: "
                + $"its UUID is {image.Footer.Uuid} instead of {child.Header.ParentUuid}.", Errno.EINVAL);
        if (_images.FindIndex(other => other.File.Status.IsSameAs(image.File.Status)) < _images.Count - 1)
            throw new BlockException(BlockErrorKind.CorruptImage, Errno.ELOOP, $"The chain of '{Leaf.Path}' loops at '{parent}'.");
        if (_images.Count > VhdLimits.MaxToolChainDepth)
            throw new BlockException(
                BlockErrorKind.Unsupported, Errno.ELOOP, $"The chain of '{Leaf.Path}' has more than {VhdLimits.MaxToolChainDepth} files.");
        return true;
    }
}
