using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Tapvisor.Supervisor.Configuration.Hocon;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// The settings that Akka.NET has, and of which kind the value of each is: its own value tells, as nothing else does. What a kind admits is
/// asked of the parser's own readers, because Akka reads with them when it starts, and says neither setting nor place when they fail.
/// </summary>
internal sealed class AkkaDefaults
{
    // On or off as well, for all of them or none.
    private const string LettersShown = "akka.log-dead-letters";

    // By name, as the scanner has names.
    private readonly Dictionary<string, HoconValue> _values = [];

    private AkkaDefaults(HoconValue root) => Add("", root);

    /// <summary>Every setting, without its groups.</summary>
    internal IEnumerable<string> Settings => _values.Where(value => value.Value.GetObject() is null).Select(value => value.Key);

    internal static AkkaDefaults Read() => new(ConfigurationFactory.Default().Root);

    /// <summary>What shape it has; null if there is no such setting.</summary>
    internal AssignmentKind? KindOf(string path) =>
        !_values.TryGetValue(path, out HoconValue? value) ? null
            : value.GetObject() is not null ? AssignmentKind.Group
            : HoconValues.Elements(value) is not null ? AssignmentKind.List
            : AssignmentKind.Value;

    /// <summary>What the value of a setting must be and is not; null if it is.</summary>
    internal string? Fault(string path, HoconValue value)
    {
        if (HoconValues.Elements(_values[path]) is not null)
            return HoconValues.Elements(value) is null ? "a list, as [\"a\", \"b\"]" : null;
        if (value.GetString() is not { } text)
            return "one value";
        string own = _values[path].GetString() ?? "";
        if (IsSwitch(own))
            return IsSwitch(text) ? null : "on or off";
        if (path == LettersShown)
            return IsSwitch(text) || IsCount(text) ? null : "a number, or on or off";
        if (IsNumber(own))
            return NumberFault(path, own, text);
        if (IsDuration(own, own))
            return IsDuration(text, own) ? null : "a duration, as 500ms or 10s";
        return IsSize(own) && !IsSize(text) ? "a size, as 4k or 1MB" : null;
    }

    private static string? NumberFault(string path, string own, string text)
    {
        // Some of its durations have no unit, and so do factors that happen to be whole.
        if (path.EndsWith("timeout", StringComparison.Ordinal) || path.EndsWith("reaper-interval", StringComparison.Ordinal))
            return IsDuration(text, own) ? null : "a duration, as 500ms or 10s";
        if (!int.TryParse(own, CultureInfo.InvariantCulture, out int number) || path.EndsWith("factor", StringComparison.Ordinal))
            return IsNumber(text) ? null : "a number";
        return IsCount(text) || (number < 0 && text == own) ? null : "a number from 0 to 2147483647";
    }

    private static bool IsSwitch(string text) => text is "on" or "off" or "true" or "false";

    private static bool IsCount(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    private static bool IsDuration(string text, string own) => text == "infinite" ? text == own : CanBeRead(text, value => value.GetTimeSpan());

    private static bool IsSize(string text) => CanBeRead(text, value => value.GetByteSize());

    private static bool CanBeRead<T>(string text, Func<HoconValue, T> read)
    {
        var value = new HoconValue();
        value.AppendValue(new HoconLiteral { Value = text });
        try
        {
            return read(value) is not null;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private void Add(string path, HoconValue value)
    {
        if (path.Length > 0)
            _values.Add(path, value);
        foreach ((string name, HoconValue inner) in value.GetObject()?.Items ?? [])
            Add(HoconScanner.Joined(path, name), inner);
    }
}
