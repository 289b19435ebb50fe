using System.Security.Cryptography;

namespace Tapvisor.Formats.Crypto;

/// <summary>
/// What an encrypted VHD remembers of its key: SHA-256 of a nonce and the key (upstream drivers/block-crypto.c:vhd_calculate_keyhash).
/// Kept in the batmap header, or in an extended attribute of a VHD without batmap, as struct vhd_keyhash of include/vhd.h: a byte 1,
/// the nonce, the hash. Neither is secret.
/// </summary>
public sealed class KeyHash
{
    /// <summary>Bytes of struct vhd_keyhash.</summary>
    public const int Size = 1 + NonceSize + HashSize;

    /// <summary>Bytes of the nonce, which is arbitrary; vhd-util takes zeroes unless told otherwise.</summary>
    public const int NonceSize = 32;

    /// <summary>Bytes of the hash.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private readonly byte[] _nonce;
    private readonly byte[] _hash;

    /// <summary>As computed elsewhere (vhd-util key -H).</summary>
    /// <exception cref="ArgumentException">Not 32 bytes each.</exception>
    public KeyHash(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, HashSize);
        _nonce = nonce.ToArray();
        _hash = hash.ToArray();
    }

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> Nonce => _nonce;

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>That of a key of any length.</summary>
    /// <exception cref="ArgumentException">The nonce has not 32 bytes.</exception>
    public static KeyHash Compute(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(nonce);
        sha.AppendData(key);
        return new KeyHash(nonce, sha.GetHashAndReset());
    }

    /// <summary>Reads struct vhd_keyhash, <see cref="Size"/> bytes.</summary>
    /// <returns>Null if its first byte says that the image is not encrypted; upstream takes every other value for encrypted.</returns>
    public static KeyHash? Read(ReadOnlySpan<byte> bytes) =>
        bytes[0] == 0 ? null : new KeyHash(bytes.Slice(1, NonceSize), bytes.Slice(1 + NonceSize, HashSize));

    /// <summary>Writes struct vhd_keyhash, <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = 1;
        Nonce.CopyTo(bytes[1..]);
        Hash.CopyTo(bytes[(1 + NonceSize)..]);
    }

    /// <summary>Whether this is the hash of that key, found out in a time that does not tell how much of it is right.</summary>
    public bool Matches(ReadOnlySpan<byte> key) => CryptographicOperations.FixedTimeEquals(Compute(Nonce, key).Hash, Hash);
}
