using System.Text;
using Tapvisor.Native;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>The text of a settings file; what cannot be one is refused before it is read.</summary>
internal static class SettingsFile
{
    /// <summary>Bytes of a file. The one that comes with the service, with all its comments, has 10 KiB.</summary>
    internal const int MostBytes = 1 << 20;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="place">Where another one includes it; null if none does.</param>
    /// <exception cref="ServiceConfigurationException">It is missing, unreadable, no regular file, too large or no text.</exception>
    internal static string Read(string path, string? place = null)
    {
        string shown = place is null ? $"'{path}'" : $"'{path}', which {place}, includes,";
        try
        {
            string text = s_strict.GetString(RegularFile.Read(path, MostBytes, followLinks: true)).TrimStart('\uFEFF');
            return text.Contains('\0', StringComparison.Ordinal) ? throw Refusal(shown, "it is no text: it contains a zero byte") : text;
        }
        catch (DecoderFallbackException e)
        {
            throw Refusal(shown, $"it is no text in UTF-8: byte {e.Index} is none of it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Refusal(shown, e.Message.TrimEnd('.'));
        }
    }

    private static ServiceConfigurationException Refusal(string shown, string reason) =>
        new($"The configuration {shown} cannot be read: {reason}.");
}
