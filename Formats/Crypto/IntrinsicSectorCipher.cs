using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tapvisor.Native;

namespace Tapvisor.Formats.Crypto;

/// <summary>
/// By the AES instructions of x86-64. One instruction takes several cycles but one or two can start in each, so eight blocks go through
/// the rounds together; the tweaks of up to eight sectors likewise. Constant-time: no branch and no address depends on key or data.
/// </summary>
internal sealed unsafe class IntrinsicSectorCipher : SectorCipher
{
    private const int BlockSize = 16;
    private const int Lanes = 8;
    private const int MaxScheduleSize = 15 * AesKeySchedule.RoundKeySize;

    private readonly int _rounds;
    private readonly SecretMemory _schedules = new(3 * MaxScheduleSize);

    /// <param name="key">As <see cref="SectorCipher.Create"/> has checked it.</param>
    internal IntrinsicSectorCipher(ReadOnlySpan<byte> key)
        : base(key.Length)
    {
        int half = key.Length / 2;
        _rounds = AesKeySchedule.Rounds(half);
        AesKeySchedule.Expand(key[..half], EncryptionKeys);
        AesKeySchedule.Invert(_rounds, EncryptionKeys, DecryptionKeys);
        AesKeySchedule.Expand(key[half..], TweakKeys);
        GC.KeepAlive(_schedules);
    }

    /// <summary>Whether the processor has them.</summary>
    internal static bool IsSupported => Aes.IsSupported;

    private byte* EncryptionKeys => _schedules.Address;

    private byte* DecryptionKeys => _schedules.Address + MaxScheduleSize;

    private byte* TweakKeys => _schedules.Address + (2 * MaxScheduleSize);

    public override void Dispose() => _schedules.Dispose();

    private protected override void EncryptSectors(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Run<AesEncryption>(EncryptionKeys, firstSector, source, destination);

    private protected override void DecryptSectors(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Run<AesDecryption>(DecryptionKeys, firstSector, source, destination);

    private void Run<TDirection>(byte* keys, ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination)
        where TDirection : struct, IAesDirection
    {
        byte* tweaks = stackalloc byte[Lanes * BlockSize];
        fixed (byte* from = source, to = destination)
        {
            for (int done = 0; done < source.Length;)
            {
                EncryptTweaks(firstSector + ((ulong)done / SectorSize), tweaks);
                int sectors = Math.Min(Lanes, (source.Length - done) / SectorSize);
                for (int sector = 0; sector < sectors; sector++, done += SectorSize)
                    RunSector<TDirection>(keys, _rounds, Vector128.Load(tweaks + (sector * BlockSize)), from + done, to + done);
            }
        }

        // The finalizer of the schedules must not run while they are in use.
        GC.KeepAlive(_schedules);
    }

    private void EncryptTweaks(ulong firstSector, byte* tweaks)
    {
        byte* keys = TweakKeys;
        var key = Vector128.Load(keys);
        uint sector = (uint)firstSector;
        var b0 = Vector128.CreateScalar(sector).AsByte() ^ key;
        var b1 = Vector128.CreateScalar(sector + 1).AsByte() ^ key;
        var b2 = Vector128.CreateScalar(sector + 2).AsByte() ^ key;
        var b3 = Vector128.CreateScalar(sector + 3).AsByte() ^ key;
        var b4 = Vector128.CreateScalar(sector + 4).AsByte() ^ key;
        var b5 = Vector128.CreateScalar(sector + 5).AsByte() ^ key;
        var b6 = Vector128.CreateScalar(sector + 6).AsByte() ^ key;
        var b7 = Vector128.CreateScalar(sector + 7).AsByte() ^ key;
        RunRounds<AesEncryption>(keys, _rounds, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        b0.Store(tweaks);
        b1.Store(tweaks + BlockSize);
        b2.Store(tweaks + (2 * BlockSize));
        b3.Store(tweaks + (3 * BlockSize));
        b4.Store(tweaks + (4 * BlockSize));
        b5.Store(tweaks + (5 * BlockSize));
        b6.Store(tweaks + (6 * BlockSize));
        b7.Store(tweaks + (7 * BlockSize));
    }

    private static void RunSector<TDirection>(byte* keys, int rounds, Vector128<byte> tweak, byte* from, byte* to)
        where TDirection : struct, IAesDirection
    {
        var first = Vector128.Load(keys);
        for (byte* end = from + SectorSize; from < end; from += Lanes * BlockSize, to += Lanes * BlockSize)
        {
            var t0 = tweak;
            var t1 = Double(t0);
            var t2 = Double(t1);
            var t3 = Double(t2);
            var t4 = Double(t3);
            var t5 = Double(t4);
            var t6 = Double(t5);
            var t7 = Double(t6);
            tweak = Double(t7);
            var b0 = Vector128.Load(from) ^ t0 ^ first;
            var b1 = Vector128.Load(from + BlockSize) ^ t1 ^ first;
            var b2 = Vector128.Load(from + (2 * BlockSize)) ^ t2 ^ first;
            var b3 = Vector128.Load(from + (3 * BlockSize)) ^ t3 ^ first;
            var b4 = Vector128.Load(from + (4 * BlockSize)) ^ t4 ^ first;
            var b5 = Vector128.Load(from + (5 * BlockSize)) ^ t5 ^ first;
            var b6 = Vector128.Load(from + (6 * BlockSize)) ^ t6 ^ first;
            var b7 = Vector128.Load(from + (7 * BlockSize)) ^ t7 ^ first;
            RunRounds<TDirection>(keys, rounds, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            (b0 ^ t0).Store(to);
            (b1 ^ t1).Store(to + BlockSize);
            (b2 ^ t2).Store(to + (2 * BlockSize));
            (b3 ^ t3).Store(to + (3 * BlockSize));
            (b4 ^ t4).Store(to + (4 * BlockSize));
            (b5 ^ t5).Store(to + (5 * BlockSize));
            (b6 ^ t6).Store(to + (6 * BlockSize));
            (b7 ^ t7).Store(to + (7 * BlockSize));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunRounds<TDirection>(
        byte* keys,
        int rounds,
        ref Vector128<byte> b0,
        ref Vector128<byte> b1,
        ref Vector128<byte> b2,
        ref Vector128<byte> b3,
        ref Vector128<byte> b4,
        ref Vector128<byte> b5,
        ref Vector128<byte> b6,
        ref Vector128<byte> b7)
        where TDirection : struct, IAesDirection
    {
        byte* last = keys + (rounds * AesKeySchedule.RoundKeySize);
        Vector128<byte> key;
        for (keys += AesKeySchedule.RoundKeySize; keys < last; keys += AesKeySchedule.RoundKeySize)
        {
            key = Vector128.Load(keys);
            b0 = TDirection.Round(b0, key);
            b1 = TDirection.Round(b1, key);
            b2 = TDirection.Round(b2, key);
            b3 = TDirection.Round(b3, key);
            b4 = TDirection.Round(b4, key);
            b5 = TDirection.Round(b5, key);
            b6 = TDirection.Round(b6, key);
            b7 = TDirection.Round(b7, key);
        }

        key = Vector128.Load(last);
        b0 = TDirection.LastRound(b0, key);
        b1 = TDirection.LastRound(b1, key);
        b2 = TDirection.LastRound(b2, key);
        b3 = TDirection.LastRound(b3, key);
        b4 = TDirection.LastRound(b4, key);
        b5 = TDirection.LastRound(b5, key);
        b6 = TDirection.LastRound(b6, key);
        b7 = TDirection.LastRound(b7, key);
    }

    /// <summary>A block's tweak times α, which is the next block's: shifted left by one bit, with x^128 = x^7 + x^2 + x + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Double(Vector128<byte> tweak)
    {
        // The sign bits of the upper and lower half, spread over 32 bits each: the one becomes 0x87 below, the other carries upwards.
        var carries = Vector128.ShiftRightArithmetic(Sse2.Shuffle(tweak.AsInt32(), 0x13), 31) & Vector128.Create(0x87, 0, 1, 0);
        return ((tweak.AsUInt64() << 1) ^ carries.AsUInt64()).AsByte();
    }
}
