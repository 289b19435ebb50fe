using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Logging;
using Tapvisor.Supervisor.Configuration.Hocon;

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

    /// <summary>Ours, and why each is.</summary>
    private static readonly Dictionary<string, string> s_fixed = new()
    {
        [OwnHook] = "the service ends its actors itself",
        [LogLevelName] = "it follows from tapvisor.log.level",
        [EarlyLogLevelName] = "nothing is written to standard output that nobody asked for",
        [ObjectSerializer] = "no message leaves the process",
        [SerializesMessages] = "no message leaves the process",
        [RequestsTimeout] = "it follows from tapvisor.shutdown-timeout",
    };

    /// <summary>Akka has such a setting, and it is not ours to give.</summary>
    /// <exception cref="ServiceConfigurationException">It has not, or it is.</exception>
    internal static void Check(Assignment assignment)
    {
        if (s_fixed.TryGetValue(assignment.Path, out string? reason))
            throw SettingNames.Refusal(assignment, $"cannot be set: {reason}");
        if (!ConfigurationFactory.Default().HasPath(assignment.Path))
            throw SettingNames.Refusal(assignment, $"is no setting of Akka.NET; the nearest one is {NearestName.Of(assignment.Path, Names())}");
    }

    /// <summary>What the actor system gets: ours over the file's.</summary>
    internal static Config Of(ServiceSettings settings, Config file) => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $"""
        {LogLevelName} = {NameOf(settings.LogLevel)}
        {EarlyLogLevelName} = OFF
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

    private static IEnumerable<string> Names() => NamesBelow("", ConfigurationFactory.Default().Root);

    private static IEnumerable<string> NamesBelow(string path, HoconValue value) => value.GetObject() is { } group
        ? group.Items.SelectMany(item => NamesBelow(path.Length == 0 ? item.Key : $"{path}.{item.Key}", item.Value))
        : [path];
}
