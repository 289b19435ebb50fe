using System.Globalization;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>
/// Looks through a settings file before Akka's parser does, because that one tells no lines, passes over what it does not expect, and on
/// some texts does not end. Refused is what it would read otherwise than HOCON has it: what does not close or closes nothing, names without
/// value, signs outside quotes, optional substitutions, <c>+=</c>. Files that are included take their place here.
/// </summary>
internal sealed class HoconScanner
{
    // The parser calls itself for each level; a settings file has three.
    private const int MostNesting = 32;

    // The longest that is a setting has 60; comparing them is slow for what could only be a mistake.
    private const int LongestName = 200;

    private const string Signs = "$\"{}[]:=,#`^?!@*&\\";

    private readonly HoconCursor _at;
    private readonly ScannedSettings _found;
    private readonly Action<string, string> _include;
    private int _copied;

    private HoconScanner(string file, string text, ScannedSettings found, Action<string, string> include)
    {
        _at = new HoconCursor(file, text);
        _found = found;
        _include = include;
    }

    /// <summary>Scans one file.</summary>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="text">What it says.</param>
    /// <param name="found">Where its text and all it assigns go.</param>
    /// <param name="include">Scans a file that it includes, and where it does, into the same place.</param>
    /// <exception cref="ServiceConfigurationException">It cannot be used.</exception>
    internal static void Scan(string file, string text, ScannedSettings found, Action<string, string> include) =>
        new HoconScanner(file, text, found, include).Document();

    private void Document()
    {
        _at.SkipBlank();
        bool isBraced = _at.Next == '{';
        if (isBraced)
            Drop(() => _at.Take());
        Body("", nesting: 0, isBraced);
        if (isBraced)
        {
            Drop(() => _at.Take());
            _at.SkipBlank();
            if (!_at.AtEnd)
                throw _at.Error($"'{_at.Next}' follows the last '}}'");
        }
        Copy();
        _found.Text.Append('\n');
    }

    private void Body(string path, int nesting, bool isBraced)
    {
        int opened = _at.Line;
        while (true)
        {
            _at.SkipBlank();
            if (_at.AtEnd)
            {
                if (isBraced)
                    throw _at.Error($"the '{{' of line {opened} is not closed");
                return;
            }
            if (_at.Next == '}')
            {
                if (!isBraced)
                    throw _at.Error("'}' closes nothing");
                return;
            }
            if (_at.AtWord("include") && _at.AfterWord("include") is not ('\0' or '=' or ':' or '{' or '.' or '+'))
            {
                Include(path);
                EndOfField(isBraced, isGroup: true);
            }
            else
            {
                EndOfField(isBraced, isGroup: Field(path, nesting));
            }
        }
    }

    private void EndOfField(bool isBraced, bool isGroup)
    {
        _at.SkipSpaces();
        if (_at.Next == ',')
            TakeComma(isGroup);
        else if (!_at.AtEnd && !_at.AtLineEnd && !(isBraced && _at.Next == '}'))
            throw _at.Error(_at.Next == '}' ? "'}' closes nothing" : $"'{_at.Next}' is not expected here");
    }

    // The parser does not know the comma after a group; the end of a line says the same.
    private void TakeComma(bool isGroup)
    {
        if (!isGroup)
        {
            _at.Take();
            return;
        }
        Drop(() => _at.Take());
        _found.Text.Append('\n');
    }

    private void Include(string path)
    {
        if (path.Length > 0)
            throw _at.Error($"include stands outside every group, not in {path}");
        string name = "";
        string place = _at.Place;
        Drop(() =>
        {
            _at.TakeWord("include");
            _at.SkipSpaces();
            bool isCall = _at.AtWord("file");
            if (isCall)
                _at.TakeWord("file");
            if (isCall && !_at.TryTake('('))
                throw _at.Error("include names a file: include \"FILE\"");
            if (_at.Next != '"')
                throw _at.Error("include names a file: include \"FILE\"");
            name = _at.TakeQuoted();
            if (isCall && !_at.TryTake(')'))
                throw _at.Error("the '(' of include is not closed");
        });
        if (name.Length == 0)
            throw _at.Error("include names no file");
        _found.Text.Append('\n');
        _include(name, place);
    }

    /// <returns>It is a group.</returns>
    private bool Field(string group, int nesting)
    {
        int line = _at.Line;
        string path = Name(group);
        _at.SkipSpaces();
        if (_at.Next == '+')
            throw _at.Error($"'+=' is not understood; give {path} the whole list");
        bool isAssigned = _at.TryTake('=') || _at.TryTake(':');
        _at.SkipBlank();
        if (!isAssigned && _at.Next != '{')
            throw _at.Error($"{path} has no value", line);
        bool isGroup = _at.Next == '{';
        if (isGroup)
            Group(path, nesting + 1);
        else
            Value(path, nesting, line);
        return isGroup;
    }

    private string Name(string group)
    {
        string path = group;
        do
        {
            bool isQuoted = _at.Next == '"';
            string part = isQuoted ? _at.TakeQuoted() : _at.TakePlain(Signs + ".+").TrimEnd(' ', '\t');
            if (part.Length == 0 && !isQuoted)
                throw _at.Error(_at.AtEnd ? "a name is missing" : $"a name cannot begin with '{_at.Next}'");
            path = Joined(path, part);
            if (path.Length > LongestName)
                throw _at.Error(string.Create(CultureInfo.InvariantCulture, $"a name has more than {LongestName} characters"));
            _at.SkipSpaces();
        }
        while (_at.TryTake('.'));
        return path;
    }

    /// <summary>The full name of a part within a group: one that has dots itself is quoted.</summary>
    internal static string Joined(string group, string part)
    {
        string quoted = part.Contains('.', StringComparison.Ordinal) || part.Length == 0 ? $"\"{part}\"" : part;
        return group.Length == 0 ? quoted : $"{group}.{quoted}";
    }

    private void Group(string path, int nesting)
    {
        Deeper(nesting);
        Note(path, AssignmentKind.Group, _at.Line);
        _at.Take();
        Body(path, nesting, isBraced: true);
        _at.Take();
    }

    private void Value(string path, int nesting, int line) =>
        Note(path, Parts(path, nesting) ?? throw _at.Error($"{path} has no value", line), line);

    /// <summary>What is put together by standing side by side on one line; null if there is nothing.</summary>
    private AssignmentKind? Parts(string path, int nesting)
    {
        AssignmentKind? kind = null;
        while (true)
        {
            _at.SkipSpaces();
            if (_at.AtEnd || _at.AtLineEnd || _at.Next is ',' or '}' or ']')
                return kind;
            AssignmentKind part = Part(path, nesting);
            if (kind is not null && (kind != part || part == AssignmentKind.List))
                throw _at.Error($"a list and a text, or two lists, cannot be put together in {path}");
            kind = part;
        }
    }

    private AssignmentKind Part(string path, int nesting)
    {
        switch (_at.Next)
        {
            case '"':
                _at.TakeQuoted();
                return AssignmentKind.Value;
            case '[':
                List(path, nesting + 1);
                return AssignmentKind.List;
            case '$':
                Substitution(path);
                return AssignmentKind.Value;
            default:
                return _at.TakePlain(Signs).Length > 0
                    ? AssignmentKind.Value
                    : throw _at.Error($"'{_at.Next}' in {path} must be within quotes");
        }
    }

    private void List(string path, int nesting)
    {
        Deeper(nesting);
        int opened = _at.Line;
        _at.Take();
        while (true)
        {
            _at.SkipBlank();
            if (_at.AtEnd)
                throw _at.Error($"the '[' of line {opened} is not closed");
            if (_at.TryTake(']'))
                return;
            if (Parts(path, nesting) is null)
                throw _at.Error(_at.Next == ',' ? $"an element of {path} is missing" : $"'{_at.Next}' is not expected in the list {path}");
            _at.SkipBlank();
            _at.TryTake(',');
        }
    }

    private void Substitution(string path)
    {
        string place = _at.Place;
        _at.Take();
        if (!_at.TryTake('{'))
            throw _at.Error($"'$' in {path} must be within quotes, or begin ${{NAME}}");
        if (_at.Next == '?')
            throw _at.Error("optional substitutions, ${?NAME}, are not understood");
        string target = _at.TakePlain(Signs).Trim();
        if (target.Length == 0 || !_at.TryTake('}'))
            throw _at.Error($"a substitution in {path} is not closed, or names nothing");
        _found.Substitutions.Add(new Substitution(path, target, place));
    }

    private void Deeper(int nesting)
    {
        if (nesting > MostNesting)
            throw _at.Error(string.Create(CultureInfo.InvariantCulture, $"more than {MostNesting} groups and lists are within each other"));
    }

    private void Note(string path, AssignmentKind kind, int line) => _found.Assignments.Add(new Assignment(path, kind, _at.File, line));

    private void Copy()
    {
        _found.Text.Append(_at.Text, _copied, _at.Offset - _copied);
        _copied = _at.Offset;
    }

    /// <summary>What is taken meanwhile does not reach the parser.</summary>
    private void Drop(Action take)
    {
        Copy();
        take();
        _copied = _at.Offset;
    }
}
