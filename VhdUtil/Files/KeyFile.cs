using System.Security.Cryptography;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil.Files;

/// <summary>A key, erased when done with.</summary>
internal sealed class KeyFile : IDisposable
{
    /// <summary>Bytes of the longest key, AES-256-XTS.</summary>
    private const int MaxLength = 64;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(MaxLength + 1, pinned: true);
    private int _length;

    private KeyFile()
    {
    }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>
    /// Bytes of a key in a file whose name says so: NAME,aes-xts-plain,BITS.key (vhd-util-key.c, vhd_util_validate_keypath).
    /// </summary>
    /// <exception cref="BlockException">EINVAL: it is not named after the disk.</exception>
    public static int LengthFor(string image, string keyPath)
    {
        foreach (int length in KeyFileName.KeyLengths)
            if (Path.GetFileName(keyPath).StartsWith(KeyFileName.Of(image, length), StringComparison.Ordinal))
                return length;
        throw VhdErrors.Invalid(
            $"The key of '{image}' must be in a file named '{KeyFileName.Of(image, MaxLength)}' or '…,256.key', not '{keyPath}'.");
    }

    /// <exception cref="BlockException">The file cannot be read, or holds no key of that length.</exception>
    public static KeyFile Read(string path, int? length)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return Read(stream, path, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // .NET keeps the errno to itself; the system is asked again.
            _ = FileStatus.Of(path);
            throw new BlockException(BlockErrorKind.Io, Native.Errno.EACCES, $"The key in '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads to the end, however many pieces that takes.</summary>
    public static KeyFile Read(Stream stream, string shown, int? length)
    {
        KeyFile key = new();
        key._length = stream.ReadAtLeast(key._bytes, key._bytes.Length, throwOnEndOfStream: false);
        if (key._length is > 0 and <= MaxLength && (length ?? key._length) == key._length)
            return key;
        int found = key._length;
        key.Dispose();
        throw VhdErrors.Invalid(
            $"The key in '{shown}' has {(found > MaxLength ? $"more than {MaxLength}" : found)} bytes "
            + $"instead of {length?.ToString() ?? $"1 to {MaxLength}"}.");
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
