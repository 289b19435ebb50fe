using Akka.Configuration;
using Akka.Configuration.Hocon;
using Tapvisor.Supervisor.Configuration.Hocon;
using Tapvisor.XenStore;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// The gate between HOCON and <see cref="ServiceSettings"/>: a value has the kind and the range that a setting asks for, or is refused with
/// where it stands, its name, what it is and what it must be. Names are relative to <c>tapvisor</c>.
/// </summary>
internal sealed class SettingValues(Config config, ScannedSettings found)
{
    private const string Root = "tapvisor.";

    /// <summary>As the parser gave it.</summary>
    internal Config Hocon => config;

    internal string Text(string name, bool mayBeEmpty = false)
    {
        string value = Raw(name);
        return value.Length > 0 || mayBeEmpty ? value : throw Wrong(name, "must not be empty");
    }

    /// <summary>One component of a path in XenStore.</summary>
    internal string NodeName(string name) =>
        Text(name) is var node && XenStorePath.IsValid(node) && !node.Contains('/', StringComparison.Ordinal)
            ? node
            : throw Wrong(name, "must consist of letters, digits, - and _");

    internal List<string> Paths(string name)
    {
        IReadOnlyList<HoconValue> elements = HoconValues.Elements(Value(name)) ?? throw Wrong(name, "must be a list, as [\"/srv/vhds\"]");
        List<string> paths = [.. elements.Select(element => element.GetString() ?? "")];
        return paths.TrueForAll(Path.IsPathRooted) ? paths : throw Wrong(name, "must hold absolute paths only");
    }

    internal bool Switch(string name) => Raw(name) switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw Wrong(name, "must be on or off"),
    };

    internal T Choice<T>(string name, Dictionary<string, T> choices) =>
        choices.TryGetValue(Raw(name), out T? value) ? value : throw Wrong(name, $"must be one of {string.Join(", ", choices.Keys)}");

    internal int Number(string name, int least, int most) =>
        (int)Checked(name, Quantity.Number(Raw(name)), "a whole number", least, most, value => $"{value}");

    internal int Size(string name, long least, long most) =>
        (int)Checked(name, Quantity.Bytes(Raw(name)), "a size, as 64KiB or 8MiB", least, Math.Min(most, int.MaxValue), value => $"{value} bytes");

    internal TimeSpan Time(string name, TimeSpan least, TimeSpan most) => new(Checked(
        name, Quantity.Ticks(Raw(name)), "a duration, as 500ms, 10s or 2m", least.Ticks, most.Ticks, ticks => $"{new TimeSpan(ticks).TotalSeconds} s"));

    /// <summary>A refusal of a setting's value.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="rule">What it must be; "must" is its first word.</param>
    internal ServiceConfigurationException Wrong(string name, string rule)
    {
        string place = found.OriginOf(Root + name) is { } origin ? $" in {origin.Place}" : "";
        return new($"The setting {Root}{name} is '{HoconValues.Shown(Value(name))}'{place}, but it {rule}.");
    }

    internal string Raw(string name) => Value(name).GetString() ?? throw Wrong(name, "must be one value");

    private long Checked(string name, long? value, string kind, long least, long most, Func<long, string> show) =>
        value is null ? throw Wrong(name, $"must be {kind}")
            : value >= least && value <= most ? value.Value
            : throw Wrong(name, $"must be from {show(least)} to {show(most)}");

    private HoconValue Value(string name) =>
        config.GetValue(Root + name) ?? throw new ServiceConfigurationException($"The setting {Root}{name} is missing.");
}
