using Tapvisor.Formats.Crypto;
using Tapvisor.Native;

namespace Tapvisor.Tests.Formats.Crypto;

public sealed class ImageEncryptionTests
{
    private const string Image = "/images/a.vhd";
    private static readonly byte[] s_key = TestCipher.CountingBytes(64);
    private static readonly KeyHash s_keyHash = KeyHash.Compute(new byte[KeyHash.NonceSize], s_key);

    [Fact]
    public void A_plain_image_without_a_key_has_no_cipher() => Assert.Null(ImageEncryption.Open(Image, null, []));

    [Fact]
    public void An_encrypted_image_with_its_key_has_a_cipher_by_that_key()
    {
        using var cipher = ImageEncryption.Open(Image, s_keyHash, s_key)!;
        byte[] data = new byte[SectorCipher.SectorSize];
        cipher.Encrypt(0, data, data);
        Assert.Equal("cd6b103236fbd87dba93e9001e29bc3d", Convert.ToHexStringLower(data[..16]));
    }

    [Fact]
    public void A_wrong_key_is_refused_with_ENOKEY() => AssertRefused(Errno.ENOKEY, "key hash differs", s_keyHash, new byte[64]);

    [Fact]
    public void A_shortened_key_is_a_wrong_key() => AssertRefused(Errno.ENOKEY, "key hash differs", s_keyHash, s_key[..32]);

    [Fact]
    public void A_key_for_a_plain_image_is_refused_with_EINVAL() => AssertRefused(Errno.EINVAL, "is not encrypted", null, s_key);

    [Fact]
    public void An_encrypted_image_is_never_opened_without_a_key_whatever_was_opened_before()
    {
        Assert.Null(ImageEncryption.Open(Image, null, []));
        AssertRefused(Errno.EINVAL, "no key was supplied", s_keyHash, []);
        ImageEncryption.Open(Image, s_keyHash, s_key)!.Dispose();
        AssertRefused(Errno.EINVAL, "no key was supplied", s_keyHash, []);
    }

    [Fact]
    public void The_right_key_of_a_length_that_AES_XTS_has_not_is_refused_with_EINVAL()
    {
        byte[] key = TestCipher.CountingBytes(48);
        AssertRefused(Errno.EINVAL, "32 or 64 bytes, not 48", KeyHash.Compute(new byte[KeyHash.NonceSize], key), key);
    }

    private static void AssertRefused(int errno, string reason, KeyHash? keyHash, byte[] key)
    {
        var refusal = Assert.Throws<BlockException>(() => ImageEncryption.Open(Image, keyHash, key));
        Assert.Equal((BlockErrorKind.InvalidArgument, errno), (refusal.Kind, refusal.Errno));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        if (key.Length > 0)
            Assert.DoesNotContain(Convert.ToHexString(key[..4]), refusal.Message, StringComparison.OrdinalIgnoreCase);
    }
}
