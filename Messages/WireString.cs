using System.Text;
using Tapvisor.Native;

namespace Tapvisor.Messages;

/// <summary>char[256] fields: UTF-8, ended by a NUL. Whatever follows the NUL is ignored when read and zero when written.</summary>
internal static class WireString
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes into a field that is zero already.</summary>
    /// <exception cref="ControlException">ENAMETOOLONG, EINVAL for an embedded NUL, EILSEQ for half a surrogate pair.</exception>
    public static void Write(Span<byte> field, string value, string name)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
            throw new ControlException(Errno.EINVAL, $"{name} contains a NUL character");
        try
        {
            // Each char is at least one byte, so the first test keeps the second one cheap for absurd input.
            if (value.Length >= field.Length || Strict.GetByteCount(value) >= field.Length)
                throw new ControlException(
                    Errno.ENAMETOOLONG, $"{name} '{value[..Math.Min(value.Length, 64)]}…' is longer than {field.Length - 1} bytes");
            Strict.GetBytes(value, field);
        }
        catch (EncoderFallbackException e)
        {
            throw new ControlException(Errno.EILSEQ, $"{name} is not valid Unicode", e);
        }
    }

    /// <summary>Writes what fits, whole characters only, up to the first NUL: for text that people read.</summary>
    public static void WriteCut(Span<byte> field, string value)
    {
        int end = value.IndexOf('\0', StringComparison.Ordinal);
        Encoding.UTF8.GetEncoder().Convert(end < 0 ? value : value.AsSpan(0, end), field[..^1], flush: false, out _, out _, out _);
    }

    /// <summary>Reads a field that must end with a NUL and be UTF-8.</summary>
    /// <exception cref="ControlException">EINVAL without NUL, EILSEQ when it is no UTF-8.</exception>
    public static string Read(ReadOnlySpan<byte> field, string name)
    {
        int end = field.IndexOf((byte)0);
        if (end < 0)
            throw new ControlException(Errno.EINVAL, $"{name} does not end within its {field.Length} bytes");
        try
        {
            return Strict.GetString(field[..end]);
        }
        catch (DecoderFallbackException e)
        {
            throw new ControlException(Errno.EILSEQ, $"{name} is not valid UTF-8", e);
        }
    }

    /// <summary>Reads whatever is there: for text that people read.</summary>
    public static string ReadCut(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
