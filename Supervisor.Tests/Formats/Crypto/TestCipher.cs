using Tapvisor.Formats.Crypto;

namespace Tapvisor.Tests.Formats.Crypto;

internal static class TestCipher
{
    /// <summary>Every implementation with either length of key.</summary>
    public static TheoryData<CipherKind, int> KindsAndKeyLengths => new()
    {
        { CipherKind.Intrinsic, 32 },
        { CipherKind.Intrinsic, 64 },
        { CipherKind.Portable, 32 },
        { CipherKind.Portable, 64 },
    };

    internal static SectorCipher Create(CipherKind kind, ReadOnlySpan<byte> key)
    {
        Skip.If(kind == CipherKind.Intrinsic && !IntrinsicSectorCipher.IsSupported, "this processor has no AES instructions of x86-64");
        return kind == CipherKind.Intrinsic ? new IntrinsicSectorCipher(key) : new PortableSectorCipher(key);
    }

    internal static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>00, 01, 02 and so on.</summary>
    internal static byte[] CountingBytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    /// <summary>Lines of a file in Captures/ without comments, split at blanks.</summary>
    internal static List<string[]> ReadCapture(string name) =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Formats", "Crypto", "Captures", name))
            .Where(line => line is not ['#', ..])
            .Select(line => line.Split(' ')),
    ];
}
