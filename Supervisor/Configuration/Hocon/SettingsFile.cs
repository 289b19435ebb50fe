using System.Text;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>The text of a settings file; what cannot be one is refused before it is read.</summary>
internal static class SettingsFile
{
    /// <summary>Bytes of a file. The one that comes with the service, with all its comments, has 10 KiB.</summary>
    internal const int MostBytes = 1 << 20;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ServiceConfigurationException">It is missing, unreadable, no regular file, too large or no text.</exception>
    internal static string Read(string path)
    {
        try
        {
            CheckKind(path);
            using FileStream file = File.OpenRead(path);
            if (file.Length > MostBytes)
                throw Refusal(path, $"it has {file.Length} bytes, and settings have {MostBytes} at most");
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            string text = s_strict.GetString(bytes).TrimStart('\uFEFF');
            return text.Contains('\0', StringComparison.Ordinal) ? throw Refusal(path, "it is no text: it contains a zero byte") : text;
        }
        catch (DecoderFallbackException e)
        {
            throw Refusal(path, $"it is no text in UTF-8: byte {e.Index} is none of it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Refusal(path, e.Message.TrimEnd('.'));
        }
    }

    // Opening a FIFO would wait for its writer.
    private static unsafe void CheckKind(string path)
    {
        statx status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (LibC.statx(AT_FDCWD, name, 0, STATX_BASIC_STATS, &status) < 0)
                throw Refusal(path, Errno.Describe(errno));
        }
        var kind = (mode_t)(status.stx_mode & S_IFMT);
        if (kind == S_IFDIR)
            throw Refusal(path, "it is a directory");
        if (kind != S_IFREG)
            throw Refusal(path, "it is no regular file");
    }

    private static ServiceConfigurationException Refusal(string path, string reason) =>
        new($"The configuration '{path}' cannot be read: {reason}.");
}
