using System.Globalization;
using System.Text;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>A place in the text of a settings file, and the words that can be read from it.</summary>
internal sealed class HoconCursor(string file, string text)
{
    internal string File { get; } = file;

    internal string Text { get; } = text;

    internal int Offset { get; private set; }

    /// <summary>From 1.</summary>
    internal int Line { get; private set; } = 1;

    internal bool AtEnd => Offset == Text.Length;

    /// <summary>The next character; a zero byte, which no settings file has, at the end.</summary>
    internal char Next => AtEnd ? '\0' : Text[Offset];

    /// <summary>Nothing but a comment follows on the line.</summary>
    internal bool AtLineEnd => Next is '\n' or '\r' || AtComment;

    internal string Place => $"'{File}', line {Line}";

    private bool AtComment => Next == '#' || Rest.StartsWith("//");

    private ReadOnlySpan<char> Rest => Text.AsSpan(Offset);

    internal char Take()
    {
        char taken = Text[Offset++];
        if (taken == '\n')
            Line++;
        return taken;
    }

    internal bool TryTake(char expected)
    {
        if (Next != expected || AtEnd)
            return false;
        Take();
        return true;
    }

    internal bool AtWord(string word) => Rest.StartsWith(word);

    /// <summary>The first character after a word and at least one space, or its opening parenthesis.</summary>
    internal char AfterWord(string word)
    {
        ReadOnlySpan<char> after = Rest[word.Length..];
        ReadOnlySpan<char> next = after.TrimStart(" \t");
        return next.IsEmpty || next.Length == after.Length ? '\0' : next[0] != 'f' || next.StartsWith("file(") ? next[0] : '\0';
    }

    internal void TakeWord(string word) => Offset += word.Length;

    internal void SkipSpaces()
    {
        while (Next is ' ' or '\t')
            Take();
    }

    /// <summary>Spaces, ends of lines and comments.</summary>
    internal void SkipBlank()
    {
        while (!AtEnd)
        {
            if (AtComment)
            {
                while (!AtEnd && Next != '\n')
                    Take();
            }
            else if (char.IsWhiteSpace(Next))
            {
                CheckSpace();
                Take();
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Text without quotes: up to one of the signs, a comment or the end of the line; spaces within it are part of it.</summary>
    internal string TakePlain(string signs)
    {
        int from = Offset;
        while (!AtEnd && !AtLineEnd && !signs.Contains(Next, StringComparison.Ordinal))
        {
            CheckSpace();
            Take();
        }
        return Text[from..Offset];
    }

    /// <summary>"…" on one line, or """…""" on several.</summary>
    internal string TakeQuoted()
    {
        if (Rest.StartsWith("\"\"\""))
            return TakeRaw();
        var value = new StringBuilder();
        int line = Line;
        Take();
        while (!TryTake('"'))
        {
            if (AtEnd || Next == '\n')
                throw Error("a quotation is not closed", line);
            value.Append(Next == '\\' ? TakeEscape() : Take());
        }
        return value.ToString();
    }

    internal ServiceConfigurationException Error(string what, int? line = null) =>
        new($"The configuration '{File}', line {line ?? Line}, cannot be used: {what}.");

    // The parser takes others for parts of a name in one place and for nothing in another, and nobody sees them.
    private void CheckSpace()
    {
        if (char.IsWhiteSpace(Next) && Next is not (' ' or '\t' or '\n' or '\r'))
            throw Error(string.Create(CultureInfo.InvariantCulture, $"the space U+{(int)Next:X4} must be within quotes, or be an ordinary one"));
    }

    private string TakeRaw()
    {
        int end = Text.IndexOf("\"\"\"", Offset + 3, StringComparison.Ordinal);
        if (end < 0)
            throw Error("a quotation is not closed");
        string value = Text[(Offset + 3)..end];
        while (Offset < end + 3)
            Take();
        return value;
    }

    private char TakeEscape()
    {
        Take();
        if (AtEnd)
            throw Error("a quotation is not closed");
        char escape = Take();
        if (escape != 'u')
        {
            return "\"\\/bfnrt".IndexOf(escape, StringComparison.Ordinal) is >= 0 and int known
                ? "\"\\/\b\f\n\r\t"[known]
                : throw Error($"'\\{escape}' is not understood; a backslash is \\\\");
        }
        ReadOnlySpan<char> digits = Rest[..Math.Min(4, Rest.Length)];
        if (digits.Length < 4 || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            throw Error("'\\u' needs four hexadecimal digits");
        Offset += digits.Length;
        return code == 0 ? throw Error("'\\u0000' is no character of a name, a path or a value") : (char)code;
    }
}
