using System.Globalization;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>The configuration cannot be used; the message is one sentence that names the setting and its value.</summary>
internal sealed class ServiceConfigurationException(string message, Exception? inner = null) : Exception(OneLine(message), inner)
{
    // What a terminal or a log has room for; the reason, which comes last, is kept.
    private const int MostCharacters = 600;
    private const int LastCharacters = 200;

    /// <summary>A sentence stays on its line and is no order to a terminal, whatever names and values it quotes.</summary>
    private static string OneLine(string sentence) =>
        string.Concat(Shortened(sentence).Select(character => IsPrinted(character) ? character : '?'));

    // Signs that turn the direction of writing around are orders, too.
    private static bool IsPrinted(char character) => char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Shortened(string sentence) => sentence.Length <= MostCharacters
        ? sentence
        : $"{sentence.AsSpan(0, MostCharacters - LastCharacters)}…{sentence.AsSpan(sentence.Length - LastCharacters)}";
}
