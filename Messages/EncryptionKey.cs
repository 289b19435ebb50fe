using System.Security.Cryptography;

namespace Tapvisor.Messages;

/// <summary>An image's key. Never shows its bytes in text, and erases them when disposed.</summary>
public sealed class EncryptionKey : IEquatable<EncryptionKey>, IDisposable
{
    private readonly byte[] _bytes;

    /// <param name="bytes">1 to 128 bytes, copied.</param>
    /// <exception cref="ControlException">EINVAL: another length.</exception>
    public EncryptionKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > TapdiskMessageLayout.MaxKeyLength)
            throw new ControlException(
                Native.Errno.EINVAL, $"an encryption key has 1 to {TapdiskMessageLayout.MaxKeyLength} bytes, not {bytes.Length}");
        _bytes = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(_bytes);
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool Equals(EncryptionKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as EncryptionKey);

    /// <summary>By length alone: a hash of the bytes would tell about them.</summary>
    public override int GetHashCode() => _bytes.Length;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => $"({_bytes.Length * 8} bits)";
}
