using System.Runtime.Intrinsics;

namespace Tapvisor.Formats.Crypto;

/// <summary>Encryption or decryption, for code that is compiled once for each.</summary>
internal interface IAesDirection
{
    /// <summary>A round but the last.</summary>
    static abstract Vector128<byte> Round(Vector128<byte> block, Vector128<byte> roundKey);

    /// <summary>The last round.</summary>
    static abstract Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> roundKey);
}
