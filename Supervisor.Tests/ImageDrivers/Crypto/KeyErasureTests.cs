using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Tapvisor.ImageDrivers.Crypto;

namespace Tapvisor.Tests.ImageDrivers.Crypto;

/// <summary>A key is in the process's memory while its cipher lives, and nowhere afterwards.</summary>
[Collection(AloneCollection.Name)]
public sealed class KeyErasureTests
{
    public static TheoryData<CipherKind, int> Ciphers => TestCipher.KindsAndKeyLengths;

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Disposing_of_a_cipher_erases_its_key(CipherKind kind, int keyLength)
    {
        byte[] inverted = RandomNumberGenerator.GetBytes(keyLength);
        var cipher = CreateFromInverted(kind, inverted);
        UseOnce(cipher);
        Assert.True(ProcessMemory.Count(inverted.AsSpan(0, 16)) > 0, "the key of the data is nowhere while it is in use");
        Assert.True(ProcessMemory.Count(inverted.AsSpan(keyLength / 2, 16)) > 0, "the key of the tweaks is nowhere while it is in use");
        cipher.Dispose();
        Assert.Equal(0, ProcessMemory.Count(inverted.AsSpan(0, 16)));
        Assert.Equal(0, ProcessMemory.Count(inverted.AsSpan(keyLength / 2, 16)));
    }

    [SkippableFact]
    public void A_cipher_that_nobody_disposes_of_erases_its_key_when_it_is_collected()
    {
        byte[] inverted = RandomNumberGenerator.GetBytes(64);
        Abandon(inverted);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, ProcessMemory.Count(inverted.AsSpan(0, 16)));
        Assert.Equal(0, ProcessMemory.Count(inverted.AsSpan(32, 16)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(byte[] inverted) => UseOnce(CreateFromInverted(CipherKind.Intrinsic, inverted));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SectorCipher CreateFromInverted(CipherKind kind, byte[] inverted)
    {
        byte[] key = GC.AllocateArray<byte>(inverted.Length, pinned: true);
        for (int i = 0; i < key.Length; i++)
            key[i] = (byte)~inverted[i];
        try
        {
            return TestCipher.Create(kind, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseOnce(SectorCipher cipher)
    {
        byte[] data = new byte[SectorCipher.SectorSize * 3];
        cipher.Encrypt(1, data, data);
        cipher.Decrypt(1, data, data);
    }
}
