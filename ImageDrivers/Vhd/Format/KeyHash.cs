using System.Security.Cryptography;

namespace Tapvisor.ImageDrivers.Vhd.Format;

/// <summary>
/// Tells whether a key is the right one without telling the key: SHA-256 of a nonce followed by the key (drivers/block-crypto.c,
/// vhd_calculate_keyhash). 65 bytes in the batmap's header: 1, nonce, hash.
/// </summary>
public sealed class KeyHash
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 1 + PartSize + PartSize;

    /// <summary>Bytes of the nonce, and of the hash.</summary>
    public const int PartSize = 32;

    private readonly byte[] _nonce;
    private readonly byte[] _hash;

    /// <param name="nonce">32 bytes.</param>
    /// <param name="hash">32 bytes.</param>
    public KeyHash(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> hash) =>
        (_nonce, _hash) = (nonce[..PartSize].ToArray(), hash[..PartSize].ToArray());

    public ReadOnlySpan<byte> Nonce => _nonce;

    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The hash of a key of 32 or 64 bytes.</summary>
    public static KeyHash Compute(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(nonce);
        sha.AppendData(key);
        return new KeyHash(nonce, sha.GetHashAndReset());
    }

    /// <summary>Reads what the batmap's header or the extended attribute holds; null when none is set.</summary>
    public static KeyHash? Read(ReadOnlySpan<byte> bytes) => bytes[0] == 1 ? new KeyHash(bytes.Slice(1, PartSize), bytes.Slice(1 + PartSize, PartSize)) : null;

    public void Write(Span<byte> bytes)
    {
        bytes[0] = 1;
        _nonce.CopyTo(bytes[1..]);
        _hash.CopyTo(bytes[(1 + PartSize)..]);
    }

    /// <summary>Whether <paramref name="key"/> is the key; takes as long for every wrong one.</summary>
    public bool IsOf(ReadOnlySpan<byte> key) => CryptographicOperations.FixedTimeEquals(Compute(_nonce, key)._hash, _hash);
}
