using Tapvisor.Native;

namespace Tapvisor.Formats.Crypto;

/// <summary>
/// Whether an image is opened with the key that it was encrypted with (upstream drivers/block-crypto.c:vhd_open_crypto). Each image of a
/// chain is decided for itself and nothing is kept between them: an encrypted image is never served without its key, whatever was
/// opened before.
/// </summary>
public static class ImageEncryption
{
    /// <summary>The cipher for an image's data sectors.</summary>
    /// <param name="image">For messages.</param>
    /// <param name="keyHash">What the image remembers of its key; null if it is not encrypted.</param>
    /// <param name="key">The key supplied; empty if none was.</param>
    /// <returns>Null for an image that is not encrypted, if no key was supplied.</returns>
    /// <exception cref="BlockException">
    /// ENOKEY: the key is not the one that the hash was made of. EINVAL: a key for an image that is not encrypted, no key for one that
    /// is, or the right key but not one for AES-XTS.
    /// </exception>
    public static SectorCipher? Open(string image, KeyHash? keyHash, ReadOnlySpan<byte> key) => (keyHash, key.IsEmpty) switch
    {
        (null, true) => null,
        (null, false) => throw Refuse(
            Errno.EINVAL, $"The image '{image}' is not encrypted (it has no key hash), but a key was supplied for it."),
        (_, true) => throw Refuse(Errno.EINVAL, $"The image '{image}' is encrypted, and no key was supplied for it."),
        _ when !keyHash.Matches(key) => throw Refuse(
            Errno.ENOKEY, $"The key supplied for the image '{image}' is not the one that it is encrypted with (its key hash differs)."),
        _ => SectorCipher.Create(key),
    };

    /// <summary>No key was found for an encrypted image where keys are looked for.</summary>
    /// <param name="image">For messages.</param>
    /// <param name="wasSupplied">One came with OPEN, which is another's.</param>
    /// <param name="places">Where it was looked for, as a sentence names them.</param>
    /// <returns>ENOKEY.</returns>
    public static BlockException NotFound(string image, bool wasSupplied, string places) => Refuse(
        Errno.ENOKEY,
        (wasSupplied
            ? $"The key supplied for the image '{image}' is not the one that it is encrypted with (its key hash differs)"
            : $"The image '{image}' is encrypted, no key was supplied for it")
        + $", and none of '{string.Join("' and '", KeyFileName.KeyLengths.Select(length => KeyFileName.Of(image, length)))}' "
        + $"in {places} holds its key.");

    /// <summary>The key that was supplied is of no image in the chain.</summary>
    /// <returns>ENOKEY.</returns>
    public static BlockException Idle(string image) => Refuse(
        Errno.ENOKEY, $"The key supplied for the image '{image}' is not the one that it or any of its parents is encrypted with.");

    /// <summary>An image and its child are not both encrypted.</summary>
    /// <returns>EINVAL.</returns>
    public static BlockException Mixed(string image, bool isEncrypted) => Refuse(
        Errno.EINVAL,
        $"The image '{image}' is {(isEncrypted ? "encrypted, but its child is not" : "not encrypted, but its child is")}: "
        + "the VHDs of a chain are all encrypted, or none is.");

    private static BlockException Refuse(int errno, string message) => new(BlockErrorKind.InvalidArgument, errno, message);
}
