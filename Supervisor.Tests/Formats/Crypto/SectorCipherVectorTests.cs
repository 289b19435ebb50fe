using System.Globalization;
using System.Security.Cryptography;
using Tapvisor.Formats.Crypto;

namespace Tapvisor.Tests.Formats.Crypto;

/// <summary>Against values that others have published or made.</summary>
public sealed class SectorCipherVectorTests
{
    private static readonly byte[] s_count = TestCipher.CountingBytes(SectorCipher.SectorSize);

    public static TheoryData<CipherKind> Kinds => [CipherKind.Intrinsic, CipherKind.Portable];

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Encrypts_as_IEEE_1619_with_128_bit_keys(CipherKind kind)
    {
        var vectors = ReadVectors(keyLength: 32);
        Assert.Equal([0u, 1u, 2u, 0xfdu, 0xfeu, 0xffu], vectors.Keys);
        using var cipher = TestCipher.Create(
            kind, Convert.FromHexString("27182818284590452353602874713526" + "31415926535897932384626433832795"));
        byte[] data = [.. s_count];
        for (uint sector = 0; sector <= 0xff; sector++)
        {
            cipher.Encrypt(sector, data, data);
            if (vectors.TryGetValue(sector, out byte[]? ciphertext))
                Assert.Equal(ciphertext, data);
        }

        for (uint sector = 0x100; sector-- > 0;)
            cipher.Decrypt(sector, data, data);
        Assert.Equal(s_count, data);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Encrypts_as_IEEE_1619_with_256_bit_keys(CipherKind kind)
    {
        var vectors = ReadVectors(keyLength: 64);
        Assert.Equal([0xffu, 0xffffu, 0xffffffu, 0xffffffffu], vectors.Keys);
        using var cipher = TestCipher.Create(
            kind,
            Convert.FromHexString(
                "2718281828459045235360287471352662497757247093699959574966967627"
                + "3141592653589793238462643383279502884197169399375105820974944592"));
        foreach ((uint sector, byte[] ciphertext) in vectors)
        {
            byte[] data = new byte[SectorCipher.SectorSize];
            cipher.Encrypt(sector, s_count, data);
            Assert.Equal(ciphertext, data);
            cipher.Decrypt(sector, data, data);
            Assert.Equal(s_count, data);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Decrypts_what_upstream_encrypted(CipherKind kind)
    {
        var lines = TestCipher.ReadCapture("upstream-vhd.txt");
        using var cipher = TestCipher.Create(kind, Convert.FromHexString(lines[0][0]));
        Assert.Equal(10, lines.Count);
        foreach (string[] line in lines[1..])
        {
            ulong sector = ulong.Parse(line[0], CultureInfo.InvariantCulture);
            byte[] ciphertext = Convert.FromHexString(line[1]);
            byte[] plaintext = new byte[ciphertext.Length];
            cipher.Decrypt(sector, ciphertext, plaintext);
            Assert.Equal(line[2], Convert.ToHexStringLower(SHA256.HashData(plaintext)));
            cipher.Encrypt(sector, plaintext, plaintext);
            Assert.Equal(ciphertext, plaintext);
        }
    }

    [SkippableTheory]
    [InlineData(CipherKind.Intrinsic, 32, 0, "f071a2b402c105ea37024133e24d6ef6")]
    [InlineData(CipherKind.Intrinsic, 32, 0x12345678, "349a51de941c1b257f7c0ea694181206")]
    [InlineData(CipherKind.Intrinsic, 64, 1, "0c22ed7e2168a8500b30154c2ec00d26")]
    [InlineData(CipherKind.Portable, 32, 1, "a8ce33a288a211258599d867beceaf25")]
    [InlineData(CipherKind.Portable, 64, 0, "cd6b103236fbd87dba93e9001e29bc3d")]
    [InlineData(CipherKind.Portable, 64, 0x12345678, "534f72d1a1802871a12c4fee13ab7396")]
    public void Encrypts_zeroes_as_OpenSSL(CipherKind kind, int keyLength, ulong sector, string firstBlock)
    {
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] data = new byte[SectorCipher.SectorSize];
        cipher.Encrypt(sector, data, data);
        Assert.Equal(firstBlock, Convert.ToHexStringLower(data[..16]));
    }

    private static SortedDictionary<uint, byte[]> ReadVectors(int keyLength) => new(
        TestCipher.ReadCapture("ieee1619.txt")
            .Where(line => line[1].Length == keyLength * 2)
            .ToDictionary(line => Convert.ToUInt32(line[2], 16), line => Convert.FromHexString(line[3])));
}
