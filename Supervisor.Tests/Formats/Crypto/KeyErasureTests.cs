using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Tapvisor.Formats.Crypto;

namespace Tapvisor.Tests.Formats.Crypto;

/// <summary>
/// A key's schedule is in the process's memory while its cipher lives, and nowhere afterwards. Not one round key alone: while the
/// instructions use it, it is in a register, and a signal or the runtime may save that to where no managed code can erase it.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class KeyErasureTests
{
    private const int SoughtRoundKeys = 4;

    public static TheoryData<CipherKind, int> Ciphers => TestCipher.KindsAndKeyLengths;

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Disposing_of_a_cipher_erases_its_key(CipherKind kind, int keyLength)
    {
        byte[] inverted = RandomNumberGenerator.GetBytes(keyLength);
        (byte[] data, byte[] tweaks) = InvertedSchedules(inverted);
        var cipher = CreateFromInverted(kind, inverted);
        UseOnce(cipher);
        Assert.True(ProcessMemory.Count(data) > 0, "the key of the data is nowhere while it is in use");
        Assert.True(ProcessMemory.Count(tweaks) > 0, "the key of the tweaks is nowhere while it is in use");
        cipher.Dispose();
        Assert.Equal(0, ProcessMemory.Count(data));
        Assert.Equal(0, ProcessMemory.Count(tweaks));
    }

    [SkippableFact]
    public void A_cipher_that_nobody_disposes_of_erases_its_key_when_it_is_collected()
    {
        byte[] inverted = RandomNumberGenerator.GetBytes(64);
        (byte[] data, byte[] tweaks) = InvertedSchedules(inverted);
        Abandon(inverted);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, ProcessMemory.Count(data));
        Assert.Equal(0, ProcessMemory.Count(tweaks));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(byte[] inverted) => UseOnce(CreateFromInverted(CipherKind.Intrinsic, inverted));

    private static SectorCipher CreateFromInverted(CipherKind kind, byte[] inverted)
    {
        byte[] key = Inverted(inverted);
        try
        {
            return TestCipher.Create(kind, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static (byte[] Data, byte[] Tweaks) InvertedSchedules(byte[] inverted)
    {
        Skip.IfNot(IntrinsicSectorCipher.IsSupported, "this processor has no AES instructions to make the sought schedule with");
        int half = inverted.Length / 2;
        return (InvertedSchedule(inverted[..half]), InvertedSchedule(inverted[half..]));
    }

    private static unsafe byte[] InvertedSchedule(byte[] inverted)
    {
        byte[] key = Inverted(inverted);
        byte[] schedule = GC.AllocateArray<byte>((AesKeySchedule.Rounds(key.Length) + 1) * AesKeySchedule.RoundKeySize, pinned: true);
        fixed (byte* roundKeys = schedule)
            AesKeySchedule.Expand(key, roundKeys);
        byte[] sought = Inverted(schedule.AsSpan(0, SoughtRoundKeys * AesKeySchedule.RoundKeySize));
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(schedule);
        return sought;
    }

    private static byte[] Inverted(ReadOnlySpan<byte> bytes)
    {
        byte[] inverted = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        for (int i = 0; i < bytes.Length; i++)
            inverted[i] = (byte)~bytes[i];
        return inverted;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseOnce(SectorCipher cipher)
    {
        byte[] data = new byte[SectorCipher.SectorSize * 3];
        cipher.Encrypt(1, data, data);
        cipher.Decrypt(1, data, data);
    }
}
