using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapvisor.Formats.Crypto;

/// <summary>Rounds of the cipher (AESENC, AESENCLAST).</summary>
internal readonly struct AesEncryption : IAesDirection
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> block, Vector128<byte> roundKey) => Aes.Encrypt(block, roundKey);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> roundKey) => Aes.EncryptLast(block, roundKey);
}
