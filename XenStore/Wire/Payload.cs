using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tapvisor.XenStore.Wire;

/// <summary>
/// Payloads are strings, each ended by a NUL, and bytes. Latin-1 stands for bytes in strings: whatever a guest wrote comes out as it
/// went in.
/// </summary>
internal static class Payload
{
    internal static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Each with its NUL.</summary>
    internal static byte[] Strings(params ReadOnlySpan<string> strings)
    {
        var text = new StringBuilder();
        foreach (string s in strings)
            text.Append(s).Append('\0');
        return Bytes(text.ToString());
    }

    /// <summary>The strings of a payload that consists of nothing else.</summary>
    internal static bool TrySplit(ReadOnlySpan<byte> payload, [MaybeNullWhen(false)] out string[] strings)
    {
        strings = null;
        if (payload.Length == 0 || payload[^1] != 0)
            return false;
        strings = Text(payload[..^1]).Split('\0');
        return true;
    }

    /// <summary>A string, and the bytes after its NUL.</summary>
    internal static bool TrySplitFirst(ReadOnlySpan<byte> payload, [MaybeNullWhen(false)] out string first, out string rest)
    {
        int nul = payload.IndexOf((byte)0);
        first = nul < 0 ? null : Text(payload[..nul]);
        rest = nul < 0 ? "" : Text(payload[(nul + 1)..]);
        return nul >= 0;
    }
}
