using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Parents;
using Tapvisor.Formats.Vhd;
using Tapvisor.ImageDrivers.Files;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.ImageDrivers.Raw;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Opens a VHD and its parents, each locked before anything of it is believed: the leaf as asked, parents for reading, together with
/// others.
/// </summary>
/// <param name="scope">Of the whole chain.</param>
/// <param name="finder">How parents are found.</param>
/// <param name="tuning">Sizes.</param>
/// <param name="keys">Of the VHDs in the chain.</param>
/// <param name="server">
/// Finds the NBD server of a disk that is the first VHD's parent instead of the one it names; null for the latter.
/// </param>
internal sealed class VhdOpening(IoScope scope, ParentFinder finder, VhdTuning tuning, ImageKeys keys, Func<string>? server = null)
{
    private readonly List<string> _paths = [];

    // As the leaf is; null until that is known.
    private bool? _isEncrypted;

    /// <summary>Opens a chain by the paths that its members name, as far as those lead where parents may be.</summary>
    /// <exception cref="BlockException">
    /// What open(2) says; EINVAL for what is no VHD, is damaged or has another parent than it should; ENOENT for a missing parent, EACCES
    /// for one elsewhere; EBUSY when somebody else holds one of the files; what <see cref="ImageEncryption"/> says.
    /// </exception>
    internal static async IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options, ImageContext context)
    {
        var resolver = new ParentResolver(context.Parents, FileNames.OfHost);
        var keys = new ImageKeys(context.Key, context.KeyDirectories);
        var opening = new VhdOpening(scope, resolver.Resolve, new VhdTuning(), keys, context.ParentMinor is { } minor
            ? () => context.Sockets.Find(minor)
            : null);
        opening._paths.Add(await scope.Engine.OffloadAsync(scope, () => new CanonicalPaths(FileNames.OfHost).TryOf(path, out _) ?? path));
        IImageDriver image = await opening.OpenAsync(path, options, null);
        if (!keys.IsSuppliedIdle)
            return image;
        await image.CloseAsync();
        throw ImageEncryption.Idle(path);
    }

    /// <summary>As the other, with another way to parents.</summary>
    /// <param name="path">The VHD.</param>
    /// <param name="options">How to open it.</param>
    /// <param name="uuid">What it must have to be the right one; null if it may be any.</param>
    internal async IoTask<IImageDriver> OpenAsync(string path, ImageOptions options, Guid? uuid)
    {
        var file = new VhdFile(await OpenFileAsync(path, options));
        VhdMetadata? metadata = null;
        IImageDriver? parent = null;
        SectorCipher? cipher = null;
        try
        {
            await ImageFile.LockAsync(file.File, options);
            var loader = new VhdLoader(path, file.File.Length, VhdLoadOptions.All | VhdLoadOptions.Strict);
            var reader = new MetadataReader(file);
            await reader.LoadAsync(loader);
            metadata = loader.Result;
            if (uuid is { } expected && metadata.Footer.Uuid != expected)
                throw VhdErrors.Parent(
                    $"The parent '{path}' has the UUID {metadata.Footer.Uuid}, but its child was made for {expected}.", Errno.EINVAL);
            KeyHash? keyHash = await reader.ReadKeyHashAsync(metadata);
            cipher = await OpenCipherAsync(path, keyHash);
            if (server is not null && !metadata.Footer.IsDifferencing)
                throw VhdErrors.Unsupported(path, "has no parent, so that no other disk can be one");
            if (metadata.Footer.IsFixed)
                return OpenFixed(file, cipher, metadata, options);
            if (metadata.Footer.IsDifferencing)
                parent = await OpenParentAsync(path, metadata, await reader.ReadParentNamesAsync(metadata), options);
            var image = new SparseVhdImage(
                file, metadata, InfoOf(metadata, VHD_SECTOR_SIZE, options), new ParentReads(parent), new BlockData(file, cipher), tuning);
            int repaired = options.HasFlag(ImageOptions.ReadOnly) ? 0 : await image.RepairAsync(loader.Footers!);
            return repaired == 0 ? image : throw VhdErrors.Unwritable(path, -repaired);
        }
        catch
        {
            await file.CloseAsync();
            if (parent is not null)
                await parent.CloseAsync();
            cipher?.Dispose();
            metadata?.Dispose();
            throw;
        }
    }

    private static ImageInfo InfoOf(VhdMetadata metadata, int alignment, ImageOptions options) => new(
        (long)metadata.VirtualSize / VHD_SECTOR_SIZE * VHD_SECTOR_SIZE, VHD_SECTOR_SIZE, alignment, options.HasFlag(ImageOptions.ReadOnly));

    private static IImageDriver OpenFixed(VhdFile file, SectorCipher? cipher, VhdMetadata metadata, ImageOptions options)
    {
        IoFile raw = file.File;
        ImageInfo info = InfoOf(metadata, cipher is null ? raw.Alignment : SectorCipher.SectorSize, options);
        if (info.Length <= 0 || info.Length > raw.Length - ShortFooterSize)
            throw VhdErrors.Corrupt(raw.Path, $"its disk of {metadata.VirtualSize} bytes does not fit its {raw.Length} bytes");
        return cipher is null
            ? new RawImage(raw, info)
            : new EncryptedFixedVhdImage(file, new BlockData(file, cipher), info);
    }

    private async IoTask<IoFile> OpenFileAsync(string path, ImageOptions options)
    {
        IoFile file = await ImageFile.OpenAsync(scope, path, options);
        if (file.Alignment <= VHD_SECTOR_SIZE)
            return file;

        // Of a VHD each sector of 512 bytes has its place; storage of larger ones cannot do that but through the page cache.
        await file.CloseAsync();
        return await ImageFile.OpenAsync(scope, path, options | ImageOptions.Buffered);
    }

    /// <summary>
    /// A plain VHD below an encrypted one would let whoever can write to the storage put data of their choice under a guest that is
    /// encrypted; one above it would take what the guest keeps encrypted as plain data.
    /// </summary>
    private async IoTask<SectorCipher?> OpenCipherAsync(string path, KeyHash? keyHash)
    {
        bool isEncrypted = keyHash is not null;
        if (_isEncrypted is { } leaf && leaf != isEncrypted)
            throw ImageEncryption.Mixed(path, isEncrypted);
        _isEncrypted = isEncrypted;
        return await keys.OpenAsync(scope, path, keyHash);
    }

    private async IoTask<IImageDriver> OpenParentAsync(string child, VhdMetadata metadata, List<string> names, ImageOptions options)
    {
        options |= ImageOptions.ReadOnly;
        if (server is not null)
            return await OpenServedParentAsync(server, options);
        string path = await scope.Engine.OffloadAsync(scope, () => finder(child, names));
        if (_paths.Contains(path))
            throw VhdErrors.Parent($"The VHD '{path}' is its own ancestor, as the parent of '{child}'.", Errno.ELOOP);
        _paths.Add(path);
        if (_paths.Count > VhdLimits.MaxChainDepth)
            throw VhdErrors.Unsupported(child, $"is at the end of a chain of more than {VhdLimits.MaxChainDepth} files", Errno.ENOSPC);
        return metadata.Header.HasRawParent
            ? Aligned(await RawOpening.OpenAsync(scope, path, options))
            : await OpenAsync(path, options, metadata.Header.ParentUuid);
    }

    /// <summary>What another disk serves is plain, whatever its images are.</summary>
    private async IoTask<IImageDriver> OpenServedParentAsync(Func<string> find, ImageOptions options) =>
        Aligned(await NbdOpening.OpenAsync(scope, await scope.Engine.OffloadAsync(scope, find), options));

    private IImageDriver Aligned(IImageDriver parent) =>
        parent.Info.Alignment > VHD_SECTOR_SIZE ? new AlignedImage(parent, scope.Engine.Buffers) : parent;
}
