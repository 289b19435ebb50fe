using System.Security.Cryptography;
using Tapvisor.Native;

namespace Tapvisor.Formats.Crypto;

/// <summary>
/// AES-XTS (IEEE 1619) over 512-byte sectors, as upstream's drivers/crypto/xts_aes.h: each sector is one data unit, and its tweak is the
/// low 32 bits of its number on the virtual disk, little-endian, so that tweaks repeat every 2 TiB. No request allocates managed memory.
/// Engine's thread only.
/// </summary>
public abstract class SectorCipher : IDisposable
{
    /// <summary>Bytes of a sector, the unit of encryption.</summary>
    public const int SectorSize = 512;

    private protected SectorCipher(int keyLength) => KeyLength = keyLength;

    /// <summary>Bytes of the key: 32 (AES-128-XTS) or 64 (AES-256-XTS).</summary>
    public int KeyLength { get; }

    /// <summary>A cipher by the processor's AES instructions, or by the system's library where it has none.</summary>
    /// <param name="key">
    /// 32 or 64 bytes: the key of the data, then that of the tweaks. The two must differ: XTS is weak otherwise, and OpenSSL 3 refuses to
    /// encrypt with such a key (upstream ignores that refusal and goes on with contexts it has freed). The caller erases its own copy.
    /// </param>
    /// <exception cref="BlockException">EINVAL: a key of another length, or of two equal halves.</exception>
    public static SectorCipher Create(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (32 or 64))
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL, $"A key for AES-XTS has 32 or 64 bytes, not {key.Length}.");
        if (CryptographicOperations.FixedTimeEquals(key[..(key.Length / 2)], key[(key.Length / 2)..]))
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL, "The two halves of a key for AES-XTS must not be equal.");
        return IntrinsicSectorCipher.IsSupported ? new IntrinsicSectorCipher(key) : new PortableSectorCipher(key);
    }

    /// <summary>Encrypts whole sectors.</summary>
    /// <param name="firstSector">Number of the first on the virtual disk.</param>
    /// <param name="source">Any number of sectors, at any address.</param>
    /// <param name="destination">As long as the source; the same memory or memory apart from it.</param>
    /// <exception cref="ArgumentException">Part of a sector, unequal lengths or a partial overlap; nothing is written.</exception>
    public void Encrypt(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Check(source, destination);
        EncryptSectors(firstSector, source, destination);
    }

    /// <summary>Decrypts whole sectors; as <see cref="Encrypt"/>.</summary>
    public void Decrypt(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Check(source, destination);
        DecryptSectors(firstSector, source, destination);
    }

    /// <summary>Erases the key. Idempotent; a cipher cannot be used afterwards.</summary>
    public abstract void Dispose();

    private protected abstract void EncryptSectors(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination);

    private protected abstract void DecryptSectors(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination);

    private static void Check(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length % SectorSize != 0)
            throw new ArgumentException($"{source.Length} bytes are not a whole number of sectors.", nameof(source));
        if (source.Length != destination.Length)
            throw new ArgumentException(
                $"The destination has {destination.Length} bytes and the source {source.Length}.", nameof(destination));
        if (source.Overlaps(destination, out int offset) && offset != 0)
            throw new ArgumentException(
                $"The destination begins {offset} bytes from the source and overlaps it.", nameof(destination));
    }
}
