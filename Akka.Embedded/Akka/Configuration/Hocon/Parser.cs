namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads HOCON: objects, arrays, dotted and quoted keys, comments, includes, substitutions, concatenation and, more than
/// Akka.NET's own parser, <c>+=</c>, optional substitutions, environment variables and <c>include file("…")</c>.
/// </summary>
public sealed class Parser
{
    private readonly HoconReader _reader;
    private readonly Func<string, HoconRoot>? _includeCallback;

    private Parser(string text, Func<string, HoconRoot>? includeCallback)
    {
        _reader = new HoconReader(text);
        _includeCallback = includeCallback;
    }

    /// <param name="text">The text.</param>
    /// <param name="includeCallback">Reads what the text includes; null if it may include nothing.</param>
    /// <exception cref="FormatException">The text is malformed, or a substitution has no value.</exception>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        HoconObject root = new Parser(text, includeCallback).ParseRoot();
        return new HoconRoot(new Resolver(root).Run());
    }

    private HoconObject ParseRoot()
    {
        var root = new HoconObject();
        _reader.SkipSpace();
        bool braced = _reader.TryTake("{");
        ParseFields(root, [], braced ? '}' : null);
        _reader.SkipSpace();
        return _reader.AtEnd ? root : throw _reader.Error($"'{_reader.Peek}' is not expected here");
    }

    // Reads fields up to the closing brace, or to the end of the text if there is none.
    private void ParseFields(HoconObject target, IReadOnlyList<string> path, char? closing)
    {
        while (true)
        {
            _reader.SkipSpace();
            if (closing is { } end ? _reader.TryTake(end.ToString()) : _reader.AtEnd || _reader.Peek == '}')
            {
                return;
            }

            if (_reader.AtEnd)
            {
                throw _reader.Error($"'{closing}' is missing");
            }

            if (!TryInclude(target))
            {
                ParseField(target, path);
            }

            bool newLine = _reader.SkipSpace();
            if (!_reader.TryTake(",") && !newLine && !_reader.AtEnd && _reader.Peek != '}')
            {
                throw _reader.Error($"a comma or a new line is expected between fields, but there is '{_reader.Peek}'");
            }
        }
    }

    private void ParseField(HoconObject target, IReadOnlyList<string> path)
    {
        List<string> keys = ParseKey();
        foreach (string key in keys.SkipLast(1))
        {
            target = target.GetOrAddObject(key);
        }

        string name = keys[^1];
        IReadOnlyList<string> fullPath = [.. path, .. keys];
        _reader.SkipSpace();
        if (_reader.TryTake("{"))
        {
            ParseFields(target.GetOrAddObject(name), fullPath, '}');
        }
        else if (_reader.TryTake("+="))
        {
            target.Append(name, ParseValue(fullPath, null));
        }
        else if (_reader.TryTake("=") || _reader.TryTake(":"))
        {
            target.Set(name, ParseValue(fullPath, target.Find(name)));
        }
        else
        {
            throw _reader.Error($"'=', ':' or '{{' is expected after the key '{name}'");
        }
    }

    private List<string> ParseKey()
    {
        var keys = new List<string>();
        do
        {
            string? quoted = _reader.TryTakeQuoted();
            string key = quoted ?? ParseUnquotedKey();
            keys.Add(quoted is not null || key.Length > 0 ? key : throw _reader.Error(
                _reader.AtEnd ? "a key is expected" : $"a key is expected, but there is '{_reader.Peek}'"));
            _reader.TakeBlanks();
        }
        while (_reader.TryTake("."));
        return keys;
    }

    // A key may have blanks inside.
    private string ParseUnquotedKey()
    {
        string key = "";
        while (true)
        {
            string blanks = key.Length > 0 ? _reader.TakeBlanks() : "";
            string word = _reader.TakeUnquoted(".+");
            if (word.Length == 0)
            {
                return key;
            }

            key += blanks + word;
        }
    }

    private bool TryInclude(HoconObject target)
    {
        const string keyword = "include";
        if (!_reader.StartsWith(keyword + " ") && !_reader.StartsWith(keyword + "\t"))
        {
            return false;
        }

        _reader.Expect(keyword);
        _reader.TakeBlanks();
        bool isFile = _reader.TryTake("file(");
        string name = _reader.TryTakeQuoted() ?? throw _reader.Error("a quoted name is expected after 'include'");
        if (isFile)
        {
            _reader.Expect(")");
        }

        if (_includeCallback is null)
        {
            throw _reader.Error($"'{name}' cannot be included, because no include callback is given");
        }

        target.Merge(_includeCallback(name).Value);
        return true;
    }

    // Reads values up to the line's end; several are concatenated. Previous is what the path held until now.
    private HoconNode ParseValue(IReadOnlyList<string> path, HoconNode? previous)
    {
        _reader.SkipSpace();
        FormatException missing = _reader.Error($"a value is expected for '{string.Join('.', path)}'");
        var parts = new List<HoconNode>();
        while (true)
        {
            string blanks = _reader.TakeBlanks();
            if (ParsePart(path, previous) is not { } part)
            {
                break;
            }

            if (parts.Count > 0 && blanks.Length > 0)
            {
                parts.Add(new HoconBlank(blanks));
            }

            parts.Add(part);
        }

        if (_reader.Peek is '=' or ':')
        {
            throw new ConfigurationException(
                _reader.Error($"an unquoted text must not contain '{_reader.Peek}'; quote it, or put braces around an object").Message);
        }

        return parts switch
        {
            [] => throw missing,
            [var only] => only,
            _ => new HoconConcatenation(parts, _reader.Error("objects, arrays and texts cannot be concatenated with each other")),
        };
    }

    private HoconNode? ParsePart(IReadOnlyList<string> path, HoconNode? previous)
    {
        if (_reader.TryTake("{"))
        {
            var value = new HoconObject();
            ParseFields(value, path, '}');
            return value;
        }

        if (_reader.TryTake("["))
        {
            return ParseArray(path);
        }

        if (_reader.StartsWith("${"))
        {
            return ParseSubstitution(path, previous);
        }

        if (_reader.TryTakeQuoted() is { } quoted)
        {
            return new HoconLiteral(new HoconValue(quoted));
        }

        string unquoted = _reader.TakeUnquoted();
        return unquoted.Length == 0 ? null : new HoconLiteral(new HoconValue(unquoted == "null" ? null : unquoted));
    }

    private HoconArray ParseArray(IReadOnlyList<string> path)
    {
        var items = new List<HoconNode>();
        _reader.SkipSpace();
        while (!_reader.TryTake("]"))
        {
            items.Add(ParseValue(path, null));
            bool separated = _reader.SkipSpace() | _reader.TryTake(",");
            _reader.SkipSpace();
            if (!separated && _reader.Peek != ']')
            {
                throw _reader.Error(_reader.AtEnd ? "']' is missing" : $"a comma or ']' is expected, but there is '{_reader.Peek}'");
            }
        }

        return new HoconArray(items);
    }

    private HoconSubstitution ParseSubstitution(IReadOnlyList<string> path, HoconNode? previous)
    {
        _reader.Expect("${");
        bool optional = _reader.TryTake("?");
        _reader.TakeBlanks();
        List<string> keys = ParseKey();
        FormatException unresolved = _reader.Error($"Unresolved substitution: {string.Join('.', keys)}");
        _reader.Expect("}");
        return new HoconSubstitution(keys, optional, keys.SequenceEqual(path) ? previous : null, unresolved);
    }
}
