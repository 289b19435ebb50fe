using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapvisor.Formats.Crypto;

/// <summary>Rounds of the equivalent inverse cipher (AESDEC, AESDECLAST).</summary>
internal readonly struct AesDecryption : IAesDirection
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> block, Vector128<byte> roundKey) => Aes.Decrypt(block, roundKey);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> roundKey) => Aes.DecryptLast(block, roundKey);
}
