using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>A position in a text, and the tokens that begin there.</summary>
internal sealed class HoconReader(string text)
{
    private const string NotInUnquoted = "$\"{}[]:=,#`^?!@*&\\";
    private const char End = '\0';

    private int _position;

    public bool AtEnd => _position >= text.Length;

    public char Peek => AtEnd ? End : text[_position];

    public char Take() => AtEnd ? throw Error("the text ends too early") : text[_position++];

    public bool StartsWith(string token) => text.AsSpan(_position).StartsWith(token, StringComparison.Ordinal);

    /// <summary>Takes a token if it is next.</summary>
    public bool TryTake(string token)
    {
        bool found = StartsWith(token);
        _position += found ? token.Length : 0;
        return found;
    }

    public void Expect(string token)
    {
        if (!TryTake(token))
        {
            throw Error(AtEnd ? $"'{token}' is missing" : $"'{token}' is expected, but there is '{Peek}'");
        }
    }

    /// <summary>Skips blanks within the line.</summary>
    public string TakeBlanks()
    {
        int start = _position;
        while (!AtEnd && Peek != '\n' && char.IsWhiteSpace(Peek))
        {
            _position++;
        }

        return text[start.._position];
    }

    /// <summary>Skips blanks, line ends and comments.</summary>
    /// <returns>Whether a line ended.</returns>
    public bool SkipSpace()
    {
        bool newLine = false;
        while (!AtEnd)
        {
            if (IsComment)
            {
                int end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else if (char.IsWhiteSpace(Peek) || Peek == '\uFEFF')
            {
                newLine |= Take() == '\n';
            }
            else
            {
                break;
            }
        }

        return newLine;
    }

    /// <summary>Takes unquoted text up to a blank, a comment or a reserved character; empty if there is none.</summary>
    /// <param name="alsoStopAt">More characters that end it.</param>
    public string TakeUnquoted(string alsoStopAt = "")
    {
        int start = _position;
        while (!AtEnd && !IsComment && !char.IsWhiteSpace(Peek) && !NotInUnquoted.Contains(Peek) && !alsoStopAt.Contains(Peek))
        {
            _position++;
        }

        return text[start.._position];
    }

    /// <summary>Takes a text in quotes, single or triple, if there is one.</summary>
    public string? TryTakeQuoted()
    {
        if (TryTake("\"\"\""))
        {
            return TakeTripleQuoted();
        }

        FormatException unterminated = Error("a quoted text is not ended");
        if (!TryTake("\""))
        {
            return null;
        }

        var content = new StringBuilder();
        while (!TryTake("\""))
        {
            if (AtEnd || Peek == '\n')
            {
                throw unterminated;
            }

            char c = Take();
            content.Append(c == '\\' ? TakeEscaped() : c);
        }

        return content.ToString();
    }

    /// <summary>An error at the present position.</summary>
    public FormatException Error(string problem)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, Math.Min(_position, text.Length));
        int line = before.Count('\n') + 1;
        int column = before.Length - before.LastIndexOf('\n');
        return new FormatException($"Malformed HOCON at line {line}, column {column}: {problem}");
    }

    private bool IsComment => Peek == '#' || StartsWith("//");

    private string TakeTripleQuoted()
    {
        int end = text.IndexOf("\"\"\"", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("a triple-quoted text is not ended");
        }

        // Of more than three quotes the last three end it.
        while (end + 3 < text.Length && text[end + 3] == '"')
        {
            end++;
        }

        string content = text[_position..end];
        _position = end + 3;
        return content;
    }

    private char TakeEscaped()
    {
        char code = Take();
        return code switch
        {
            '"' or '\\' or '/' => code,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => TakeUnicode(),
            _ => throw Error($"Unknown escape code: {code}"),
        };
    }

    private char TakeUnicode()
    {
        const int digits = 4;
        if (_position + digits <= text.Length
            && ushort.TryParse(
                text.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            _position += digits;
            return (char)code;
        }

        throw Error("four hexadecimal digits are expected after \\u");
    }
}
