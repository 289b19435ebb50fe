using Tapvisor.Formats.Crypto;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Keys;

/// <summary>
/// Directories in which VHDs' keys are looked for by file name. They are as secret as the keys, and whoever can read them trusted.
/// </summary>
/// <param name="directories">Absolute paths, in the order in which they are searched; none where keys come with OPEN alone.</param>
public sealed class KeyDirectories(IReadOnlyList<string> directories)
{
    /// <summary>No key is found anywhere.</summary>
    public static KeyDirectories None { get; } = new([]);

    /// <summary>There are none.</summary>
    public bool IsEmpty => directories.Count == 0;

    /// <summary>
    /// The key of a VHD: the first file of its name, with exactly as many bytes as that says, whose hash is the VHD's. Reads files.
    /// </summary>
    /// <returns>To be disposed of; null if there is none.</returns>
    public SecretMemory? Find(string image, KeyHash hash)
    {
        foreach (string directory in directories)
        {
            foreach (int length in KeyFileName.KeyLengths)
            {
                SecretMemory? key = TryRead(Path.Join(directory, KeyFileName.Of(image, length)), length);
                if (key is not null && hash.Matches(key.Span))
                    return key;
                key?.Dispose();
            }
        }
        return null;
    }

    public override string ToString() => string.Join(", ", directories);

    private static SecretMemory? TryRead(string path, int length)
    {
        // One byte more, to see that the file ends there.
        using var bytes = new SecretMemory(length + 1);
        try
        {
            // Without a buffer, which would keep the key.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            int count = file.ReadAtLeast(bytes.Span, length + 1, throwOnEndOfStream: false);
            return count == length ? new SecretMemory(bytes.Span[..length]) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not there, or not for this service: another directory may have it.
            return null;
        }
    }
}
