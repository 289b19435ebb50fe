using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapvisor.Formats.Crypto;

/// <summary>
/// The key expansion of AES (FIPS 197 §5.2) by the processor's instructions: no table lookup whose address depends on the key.
/// </summary>
internal static unsafe class AesKeySchedule
{
    /// <summary>Bytes of a round key.</summary>
    internal const int RoundKeySize = 16;

    /// <summary>Rounds: 10 for a key of 16 bytes, 14 for one of 32.</summary>
    internal static int Rounds(int keyLength) => (keyLength / sizeof(uint)) + 6;

    /// <summary>Expands a key into the round keys of encryption.</summary>
    /// <param name="key">16 or 32 bytes.</param>
    /// <param name="roundKeys">One more than <see cref="Rounds"/>.</param>
    internal static void Expand(ReadOnlySpan<byte> key, byte* roundKeys)
    {
        int keyWords = key.Length / sizeof(uint);
        var words = new Span<uint>(roundKeys, (Rounds(key.Length) + 1) * RoundKeySize / sizeof(uint));
        for (int i = 0; i < keyWords; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * sizeof(uint))..]);

        uint roundConstant = 1;
        for (int i = keyWords; i < words.Length; i++)
        {
            // With a constant of 0 the instruction gives SubWord(w) in its first word and RotWord(SubWord(w)) in its second.
            var substituted = Aes.KeygenAssist(Vector128.Create(words[i - 1]).AsByte(), 0).AsUInt32();
            uint mixed = words[i - 1];
            if (i % keyWords == 0)
            {
                mixed = substituted[1] ^ roundConstant;
                roundConstant = (roundConstant << 1) ^ (roundConstant >= 0x80 ? 0x11bu : 0);
            }
            else if (keyWords > 6 && i % keyWords == 4)
            {
                mixed = substituted[0];
            }

            words[i] = words[i - keyWords] ^ mixed;
        }
    }

    /// <summary>
    /// Makes the round keys of the equivalent inverse cipher (FIPS 197 §5.3.5): in reverse order, and all but the first and the last
    /// through InvMixColumns.
    /// </summary>
    /// <param name="rounds">As <see cref="Rounds"/>.</param>
    /// <param name="roundKeys">Those of encryption.</param>
    /// <param name="inverseRoundKeys">As many.</param>
    internal static void Invert(int rounds, byte* roundKeys, byte* inverseRoundKeys)
    {
        for (int round = 0; round <= rounds; round++)
        {
            var key = Vector128.Load(roundKeys + ((rounds - round) * RoundKeySize));
            if (round != 0 && round != rounds)
                key = Aes.InverseMixColumns(key);
            key.Store(inverseRoundKeys + (round * RoundKeySize));
        }
    }
}
