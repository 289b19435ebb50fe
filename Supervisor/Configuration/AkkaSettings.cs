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

    private const string OwnLogger = "akka.stdout-logger-class";

    private const string OneProcess = "no message leaves the process";
    private const string EveryMessage = "an actor that cannot take a message could not answer for its disk";
    private const string OwnLog = "nothing is written to standard output that nobody asked for";

    // Read when somebody sets what is Akka's, which few do.
    private static readonly Lazy<AkkaDefaults> s_defaults = new(AkkaDefaults.Read);

    /// <summary>Ours, with all that is below them, and why each is.</summary>
    private static readonly Dictionary<string, string> s_fixed = new()
    {
        ["akka.coordinated-shutdown"] = "the service ends its actors itself, within the limits that follow from tapvisor.shutdown-timeout",
        ["akka.actor.provider"] = OneProcess,
        ["akka.actor.default-mailbox"] = EveryMessage,
        ["akka.actor.mailbox"] = EveryMessage,
        ["akka.scheduler"] = "time is the service's own",
        ["akka.extensions"] = "nothing but the service runs in its process",
        ["akka.loggers"] = "the service has its own log",
        [OwnLogger] = OwnLog,
        [LogLevelName] = "it follows from tapvisor.log.level",
        [EarlyLogLevelName] = OwnLog,
        ["akka.actor.serializers"] = OneProcess,
        ["akka.actor.serialization-bindings"] = OneProcess,
        ["akka.actor.serialization-identifiers"] = OneProcess,
        ["akka.actor.serialization-settings"] = OneProcess,
        ["akka.actor.serialize-creators"] = OneProcess,
        [SerializesMessages] = OneProcess,
    };

    // Names of types and of kinds of dispatchers and mailboxes; with a wrong one the actor system does not start, or does not end.
    private static readonly HashSet<string> s_types = ["type", "executor", "mailbox-type", "mailbox-requirement", "class", "provider-object"];

    /// <summary>Akka has such a setting, and it is not ours to give.</summary>
    /// <exception cref="ServiceConfigurationException">It has not, or it is.</exception>
    internal static void Check(Assignment assignment)
    {
        if (s_fixed.Keys.FirstOrDefault(name => Assignment.IsWithin(assignment.Path, name)) is { } name)
            throw SettingNames.Refusal(assignment, $"cannot be set: {s_fixed[name]}");
        AkkaDefaults defaults = s_defaults.Value;
        if (defaults.KindOf(assignment.Path) is not { } kind)
            throw SettingNames.Refusal(assignment, $"is no setting of Akka.NET; the nearest one is {NearestName.Of(assignment.Path, defaults.Settings)}");
        if (s_types.Contains(assignment.Path[(assignment.Path.LastIndexOf('.') + 1)..]))
            throw SettingNames.Refusal(assignment, "cannot be set: what the service's actors run on is made for them");
        if (kind == AssignmentKind.Group != (assignment.Kind == AssignmentKind.Group))
            throw SettingNames.Refusal(assignment, kind == AssignmentKind.Group ? "is a group of settings, { … }" : "is one setting, not a group");
        if (kind == AssignmentKind.Value && assignment.Kind == AssignmentKind.List)
            throw SettingNames.Refusal(assignment, "is one value, not a list");
    }

    /// <summary>What each comes to in the end is of the kind of Akka's own value.</summary>
    /// <exception cref="ServiceConfigurationException">One is not.</exception>
    internal static void CheckValues(ScannedSettings found, Config config)
    {
        IEnumerable<Assignment> settings = found.Assignments.Where(a => a.Kind != AssignmentKind.Group && Assignment.IsWithin(a.Path, Root));
        foreach (Assignment last in settings.Reverse().DistinctBy(assignment => assignment.Path))
        {
            HoconValue value = config.GetValue(last.Path);
            if (s_defaults.Value.Fault(last.Path, value) is { } kind)
                throw SettingNames.Refusal(last, $"is '{HoconValues.Shown(value)}', but it must be {kind}");
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
}
