using System.Security.Cryptography;
using Tapvisor.Native;

namespace Tapvisor.Messages;

/// <summary>An image's key. Never shows its bytes in text, and erases them when disposed.</summary>
public sealed class EncryptionKey : IEquatable<EncryptionKey>, IDisposable
{
    private readonly int _length;

    /// <param name="bytes">1 to 128 bytes, copied.</param>
    /// <exception cref="ControlException">EINVAL: another length.</exception>
    public EncryptionKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > TapdiskMessageLayout.MaxKeyLength)
            throw new ControlException(
                Errno.EINVAL, $"an encryption key has 1 to {TapdiskMessageLayout.MaxKeyLength} bytes, not {bytes.Length}");
        _length = bytes.Length;
        Memory = new SecretMemory(bytes);
    }

    /// <exception cref="ObjectDisposedException">The key is erased.</exception>
    public ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>Where the bytes are; it is the key's.</summary>
    public SecretMemory Memory { get; }

    public EncryptionKey Clone() => new(Bytes);

    public bool Equals(EncryptionKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    public override bool Equals(object? obj) => Equals(obj as EncryptionKey);

    /// <summary>By length alone: a hash of the bytes would tell about them.</summary>
    public override int GetHashCode() => _length;

    public void Dispose() => Memory.Dispose();

    public override string ToString() => $"({_length * 8} bits)";
}
