using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Logging;
using Tapvisor.Supervisor.Configuration.Hocon;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// What the actor system is told. What the service promises follows from its own settings and cannot be overridden; the rest of Akka's
/// settings can, below <c>akka</c>.
/// </summary>
internal static class AkkaSettings
{
    internal const string Root = "akka";

    // Akka would end the process itself at SIGTERM, beside the host, and the two would wait for each other.
    private const string OwnHook = "akka.coordinated-shutdown.run-by-clr-shutdown-hook";

    private const string LogLevelName = "akka.loglevel";
    private const string EarlyLogLevelName = "akka.stdout-loglevel";
    private const string ObjectSerializer = "akka.actor.serializers.json";
    private const string SerializesMessages = "akka.actor.serialize-messages";
    private const string RequestsTimeout = "akka.coordinated-shutdown.phases.service-requests-done.timeout";

    // Parsed when somebody sets what is Akka's, which few do.
    private static readonly Lazy<Config> s_defaults = new(ConfigurationFactory.Default);

    private const string OwnLogger = "akka.stdout-logger-class";

    /// <summary>Ours, with all that is below them, and why each is.</summary>
    private static readonly Dictionary<string, string> s_fixed = new()
    {
        ["akka.coordinated-shutdown"] = "the service ends its actors itself, within the limits that follow from tapvisor.shutdown-timeout",
        ["akka.actor.provider"] = "no message leaves the process",
        ["akka.actor.default-mailbox"] = "an actor that cannot take a message could not answer for its disk",
        ["akka.scheduler"] = "time is the service's own",
        ["akka.extensions"] = "nothing but the service runs in its process",
        ["akka.loggers"] = "the service has its own log",
        [OwnLogger] = "nothing is written to standard output that nobody asked for",
        [LogLevelName] = "it follows from tapvisor.log.level",
        [EarlyLogLevelName] = "nothing is written to standard output that nobody asked for",
        [ObjectSerializer] = "no message leaves the process",
        [SerializesMessages] = "no message leaves the process",
    };

    /// <summary>Akka has such a setting, and it is not ours to give.</summary>
    /// <exception cref="ServiceConfigurationException">It has not, or it is.</exception>
    internal static void Check(Assignment assignment)
    {
        if (s_fixed.Keys.FirstOrDefault(name => Assignment.IsWithin(assignment.Path, name)) is { } name)
            throw SettingNames.Refusal(assignment, $"cannot be set: {s_fixed[name]}");
        HoconValue known = s_defaults.Value.GetValue(assignment.Path)
            ?? throw SettingNames.Refusal(assignment, $"is no setting of Akka.NET; the nearest one is {NearestName.Of(assignment.Path, Names())}");
        if (known.IsObject() != (assignment.Kind == AssignmentKind.Group))
            throw SettingNames.Refusal(assignment, known.IsObject() ? "is a group of settings, { … }" : "is one setting, not a group");
        if (known.IsArray() != (assignment.Kind == AssignmentKind.List))
            throw SettingNames.Refusal(assignment, known.IsArray() ? "is a list, [ … ]" : "is one value, not a list");
    }

    /// <summary>Each is of the kind of Akka's own value, which says no more than what it expects there.</summary>
    /// <exception cref="ServiceConfigurationException">One is not.</exception>
    internal static void CheckValues(ScannedSettings found, Config config)
    {
        foreach (Assignment assignment in found.Assignments.Where(a => a.Kind == AssignmentKind.Value && Assignment.IsWithin(a.Path, Root)))
        {
            string value = config.GetString(assignment.Path, "");
            string known = s_defaults.Value.GetString(assignment.Path, "");
            string? kind = IsSwitch(known) ? IsSwitch(value) ? null : "on or off"
                : Quantity.Number(known) is not null ? IsSwitch(value) || Quantity.Number(value) is not null ? null : "a number"
                : IsDuration(known) ? IsSwitch(value) || IsDuration(value) ? null : "a duration, as 500ms or 10s, or infinite"
                : null;
            if (kind is not null)
                throw SettingNames.Refusal(assignment, $"is '{value}', but it must be {kind}");
        }
    }

    /// <summary>What the actor system gets: ours over the file's.</summary>
    internal static Config Of(ServiceSettings settings, Config file) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $"""
        {LogLevelName} = {NameOf(settings.LogLevel)}
        {EarlyLogLevelName} = OFF
        {OwnLogger} = "{typeof(SilentLogger).AssemblyQualifiedName}"
        {OwnHook} = off
        {ObjectSerializer} = "{typeof(InProcessSerializer).AssemblyQualifiedName}"
        {SerializesMessages} = off
        {RequestsTimeout} = {(long)settings.Limits.RequestsDone.TotalMilliseconds}ms
        """)).WithFallback(file);

    /// <summary>The same level in Akka's words.</summary>
    internal static Akka.Event.LogLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => Akka.Event.LogLevel.DebugLevel,
        LogLevel.Information => Akka.Event.LogLevel.InfoLevel,
        LogLevel.Warning => Akka.Event.LogLevel.WarningLevel,
        _ => Akka.Event.LogLevel.ErrorLevel,
    };

    private static string NameOf(LogLevel level) => LevelOf(level) switch
    {
        Akka.Event.LogLevel.DebugLevel => "DEBUG",
        Akka.Event.LogLevel.InfoLevel => "INFO",
        Akka.Event.LogLevel.WarningLevel => "WARNING",
        _ => "ERROR",
    };

    private static bool IsDuration(string value) => value == "infinite" || Quantity.Ticks(value) is not null;

    private static bool IsSwitch(string value) => value is "on" or "off" or "true" or "false" or "yes" or "no";

    private static IEnumerable<string> Names() => NamesBelow("", s_defaults.Value.Root);

    private static IEnumerable<string> NamesBelow(string path, HoconValue value) => value.GetObject() is { } group
        ? group.Items.SelectMany(item => NamesBelow(path.Length == 0 ? item.Key : $"{path}.{item.Key}", item.Value))
        : [path];
}
