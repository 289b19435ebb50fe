using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tapvisor.Tests.Formats.Crypto;

/// <summary>XTS written down byte by byte as IEEE 1619 §5.3 and §5.2 do, slow and plain.</summary>
internal static class ReferenceXts
{
    internal static byte[] EncryptSector(byte[] key, uint sector, ReadOnlySpan<byte> plaintext)
    {
        using var data = Aes.Create();
        using var tweaks = Aes.Create();
        data.Key = key[..(key.Length / 2)];
        tweaks.Key = key[(key.Length / 2)..];

        byte[] number = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(number, sector);
        byte[] tweak = tweaks.EncryptEcb(number, PaddingMode.None);
        var ciphertext = new List<byte>();
        for (int offset = 0; offset < plaintext.Length; offset += 16)
        {
            byte[] block = data.EncryptEcb(Xor(plaintext.Slice(offset, 16), tweak), PaddingMode.None);
            ciphertext.AddRange(Xor(block, tweak));
            tweak = MultiplyByAlpha(tweak);
        }

        return [.. ciphertext];
    }

    private static byte[] Xor(ReadOnlySpan<byte> a, byte[] b)
    {
        byte[] result = a.ToArray();
        for (int i = 0; i < result.Length; i++)
            result[i] ^= b[i];
        return result;
    }

    private static byte[] MultiplyByAlpha(byte[] tweak)
    {
        byte[] product = new byte[16];
        int carry = 0;
        for (int i = 0; i < 16; i++)
        {
            int doubled = (tweak[i] * 2) + carry;
            product[i] = (byte)doubled;
            carry = doubled >> 8;
        }

        if (carry != 0)
            product[0] ^= 135;
        return product;
    }
}
