using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Keys;

/// <summary>The keys of one chain while it is being opened: the one that came with OPEN, and those of the key directories.</summary>
/// <param name="supplied">Null if none was. Whoever gives it erases it.</param>
/// <param name="directories">Where a key is looked for if the supplied one is another's.</param>
public sealed class ImageKeys(SecretMemory? supplied, KeyDirectories directories)
{
    private bool _isSuppliedUsed;

    /// <summary>A key was supplied, and no image that was opened so far is encrypted with it.</summary>
    internal bool IsSuppliedIdle => supplied is not null && !_isSuppliedUsed;

    /// <summary>The cipher for an image's data sectors; looks into the directories off the engine's thread.</summary>
    /// <param name="scope">Of the image.</param>
    /// <param name="image">Its path.</param>
    /// <param name="keyHash">What the image remembers of its key; null if it is not encrypted.</param>
    /// <returns>Null for an image that is not encrypted, if no key was supplied.</returns>
    /// <exception cref="BlockException">What <see cref="ImageEncryption.Open"/> says.</exception>
    internal async IoTask<SectorCipher?> OpenAsync(IoScope scope, string image, KeyHash? keyHash)
    {
        bool fits = supplied is not null && keyHash is not null && keyHash.Matches(supplied.Span);
        _isSuppliedUsed |= fits;
        if (fits || keyHash is null || directories.IsEmpty)
            return ImageEncryption.Open(image, keyHash, supplied is null ? default : supplied.Span);
        using SecretMemory key = await scope.Engine.OffloadAsync(scope, () => directories.Find(image, keyHash))
            ?? throw ImageEncryption.NotFound(image, supplied is not null, directories.ToString());
        return ImageEncryption.Open(image, keyHash, key.Span);
    }
}
