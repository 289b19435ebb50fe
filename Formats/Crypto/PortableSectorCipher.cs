using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tapvisor.Formats.Crypto;

/// <summary>
/// By the AES of the system's library (System.Security.Cryptography), whose care it is to be constant-time, in batches: for processors
/// whose AES instructions <see cref="IntrinsicSectorCipher"/> does not know.
/// </summary>
internal sealed class PortableSectorCipher : SectorCipher
{
    private const int BlockSize = 16;

    // Enough that the price of a call into the library does not count.
    private const int BatchSectors = 8;

    // What the library takes is managed arrays, which are pinned so that no copy stays behind.
    private readonly byte[] _batch = GC.AllocateArray<byte>(BatchSectors * SectorSize, pinned: true);
    private readonly byte[] _tweaks = GC.AllocateArray<byte>(BatchSectors * SectorSize, pinned: true);
    private readonly byte[] _sectorTweaks = GC.AllocateArray<byte>(BatchSectors * BlockSize, pinned: true);
    private readonly ICryptoTransform _encryption;
    private readonly ICryptoTransform _decryption;
    private readonly ICryptoTransform _tweakEncryption;
    private bool _disposed;

    /// <param name="key">As <see cref="SectorCipher.Create"/> has checked it.</param>
    internal PortableSectorCipher(ReadOnlySpan<byte> key)
        : base(key.Length)
    {
        using var aes = Aes.Create();
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        byte[] half = GC.AllocateUninitializedArray<byte>(key.Length / 2, pinned: true);
        key[..half.Length].CopyTo(half);
        _encryption = aes.CreateEncryptor(half, null);
        _decryption = aes.CreateDecryptor(half, null);
        key[half.Length..].CopyTo(half);
        _tweakEncryption = aes.CreateEncryptor(half, null);
        CryptographicOperations.ZeroMemory(half);
    }

    public override void Dispose()
    {
        _disposed = true;
        _encryption.Dispose();
        _decryption.Dispose();
        _tweakEncryption.Dispose();
        CryptographicOperations.ZeroMemory(_batch);
        CryptographicOperations.ZeroMemory(_tweaks);
        CryptographicOperations.ZeroMemory(_sectorTweaks);
    }

    private protected override void EncryptSectors(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Run(_encryption, firstSector, source, destination);

    private protected override void DecryptSectors(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Run(_decryption, firstSector, source, destination);

    private void Run(ICryptoTransform transform, ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int done = 0; done < source.Length; done += _batch.Length)
        {
            int length = Math.Min(_batch.Length, source.Length - done);
            FillTweaks((uint)(firstSector + ((ulong)done / SectorSize)), length / SectorSize);
            Xor(source.Slice(done, length), _batch);
            _ = transform.TransformBlock(_batch, 0, length, _batch, 0);
            Xor(_batch.AsSpan(0, length), destination.Slice(done, length));
        }
    }

    private void FillTweaks(uint firstSector, int sectors)
    {
        Array.Clear(_sectorTweaks);
        for (int i = 0; i < sectors; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(_sectorTweaks.AsSpan(i * BlockSize), firstSector + (uint)i);
        _ = _tweakEncryption.TransformBlock(_sectorTweaks, 0, sectors * BlockSize, _sectorTweaks, 0);
        for (int i = 0; i < sectors; i++)
        {
            var tweak = BinaryPrimitives.ReadUInt128LittleEndian(_sectorTweaks.AsSpan(i * BlockSize));
            var sector = _tweaks.AsSpan(i * SectorSize, SectorSize);
            for (int offset = 0; offset < SectorSize; offset += BlockSize)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(sector[offset..], tweak);
                tweak = (tweak << 1) ^ ((tweak >> 127) * 0x87);
            }
        }
    }

    private void Xor(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var from = MemoryMarshal.Cast<byte, ulong>(source);
        var tweaks = MemoryMarshal.Cast<byte, ulong>(_tweaks);
        var to = MemoryMarshal.Cast<byte, ulong>(destination);
        for (int i = 0; i < from.Length; i++)
            to[i] = from[i] ^ tweaks[i];
    }
}
