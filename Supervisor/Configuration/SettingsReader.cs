using Akka.Configuration;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.XenStore;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.BlockIo.Engines;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Parents;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.Supervisor.Control;
using Tapvisor.XenStore;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>From HOCON to <see cref="ServiceSettings"/>: each setting is checked and named when it is wrong.</summary>
internal sealed class SettingsReader(Config config)
{
    private const string Root = "tapvisor.";

    // More threads than this have not been seen to help; one engine keeps a fast disk busy.
    private const int MostEnginesByDefault = 4;

    private const long MiB = 1 << 20;

    // What Linux' blkback serves at most, and frontends are tested with.
    private const int MostRingPageOrder = 4;
    private const int MostQueues = 16;
    private const int MostIndirectSegments = 256;

    internal static ServiceSettings Read(Config config) => new SettingsReader(config).Read();

    private ServiceSettings Read() => new()
    {
        ControlDirectory = Environment.GetEnvironmentVariable(Messages.Control.ControlDirectory.EnvironmentVariable) is { Length: > 0 } path
            ? path
            : Text("control-directory"),
        LogLevel = Choice("log.level", s_levels),
        EngineCount = Number("engine.count", 0, 256) is > 0 and int count ? count : Math.Min(Environment.ProcessorCount, MostEnginesByDefault),
        Engine = new IoEngineOptions
        {
            Kind = Choice("engine.kind", s_kinds),
            QueueEntries = Number("engine.queue-entries", 8, 4096),
            ArenaSize = Size("engine.arena", 0, 1024 * MiB),
            SpinMicroseconds = (int)Time("engine.spin", TimeSpan.Zero, TimeSpan.FromMilliseconds(1)).TotalMicroseconds,
        },
        Queue = new RequestQueueOptions
        {
            BufferBytes = Size("disk.buffers", MiB, 16384 * MiB),
            RequestTimeout = Time("disk.request-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
            SpaceTimeout = Time("disk.space-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
            RetryInterval = Time("disk.retry-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            HangTimeout = Time("disk.hang-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1)),
        },
        Images = new ImageContext
        {
            Parents = new ParentPolicy(Paths("vhd.parent-directories")),
            KeyDirectories = new KeyDirectories(Paths("vhd.key-directories")),
        },
        Nbd = new NbdOptions
        {
            MaxConnections = Number("nbd.connections", 1, 1024),
            MaxRequestsPerConnection = Number("nbd.requests-per-connection", 1, 1024),
            StopTimeout = Time("nbd.stop-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
            HandshakeTimeout = Time("nbd.handshake-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        },
        StatisticsDirectory = Text("statistics.directory", mayBeEmpty: true),
        StatisticsInterval = Time("statistics.interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        Xen = XenSelection.TryParse(Raw("xen.devices"), out XenSelection xen)
            ? xen
            : throw Wrong("xen.devices", "must be xen or loopback:DIRECTORY"),
        XenBlkif = new XenBlkifOptions
        {
            DrainTimeout = Time("xen.drain-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
            KeepsGrants = Switch("xen.persistent-grants"),
        },
        Control = new ControlOptions(
            Number("control.connections", 1, 4096),
            Time("control.timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            Text("control-group", mayBeEmpty: true)),
        Supervisor = new SupervisorSettings
        {
            FaultInjection = Switch("fault-injection"),
            RestartBackoffMinimum = Time("restart.backoff-minimum", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            RestartBackoffMaximum = Time("restart.backoff-maximum", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            ImageRestarts = Number("restart.image-restarts", 0, 1000),
            TapdiskRestarts = Number("restart.tapdisk-restarts", 0, 1000),
            RestartWindow = Time("restart.window", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
            RecoveryPatience = Time("restart.patience", TimeSpan.Zero, TimeSpan.FromDays(1)),
            ResumeAttempts = Number("resume.attempts", 1, 1000),
            ResumeInterval = Time("resume.interval", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            RequestTimeout = Time("disk.request-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
        },
        XenStore = new XenStoreSettings
        {
            Mode = Choice("xen.enabled", s_modes),
            Store = Text("xen.store", mayBeEmpty: true),
            Devices = new VbdOptions
            {
                BackendName = NodeName("xen.backend-name"),
                Toolstack = Choice("xen.toolstack", s_toolstacks),
                MaxRingPageOrder = (uint)Number("xen.ring-page-order", 0, MostRingPageOrder),
                MaxQueues = (uint)Number("xen.queues", 1, MostQueues),
                MaxIndirectSegments = (uint)Number("xen.indirect-segments", 0, MostIndirectSegments),
            },
        },
        OnDemandLinger = Time("on-demand-linger", TimeSpan.Zero, TimeSpan.FromDays(1)),
        ShutdownTimeout = Time("shutdown-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
    };

    private static readonly Dictionary<string, LogLevel> s_levels = new()
    {
        ["verbose"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["information"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    private static readonly Dictionary<string, IoEngineKind> s_kinds = new()
    {
        ["auto"] = IoEngineKind.Auto,
        ["io_uring"] = IoEngineKind.IoUring,
        ["libaio"] = IoEngineKind.LibAio,
    };

    private static readonly Dictionary<string, StoreMode> s_modes = new()
    {
        ["auto"] = StoreMode.Auto,
        ["on"] = StoreMode.On,
        ["true"] = StoreMode.On,
        ["off"] = StoreMode.Off,
        ["false"] = StoreMode.Off,
    };

    private static readonly Dictionary<string, Toolstack> s_toolstacks = new()
    {
        ["auto"] = Toolstack.Auto,
        ["libxl"] = Toolstack.LibXl,
        ["xenopsd"] = Toolstack.XenOpsD,
    };

    /// <summary>One component of a path in XenStore.</summary>
    private string NodeName(string name) =>
        Text(name) is var node && XenStorePath.IsValid(node) && !node.Contains('/', StringComparison.Ordinal)
            ? node
            : throw Wrong(name, "must consist of letters, digits, - and _");

    private string Text(string name, bool mayBeEmpty = false)
    {
        string value = Raw(name);
        return value.Length > 0 || mayBeEmpty ? value : throw Wrong(name, "must not be empty");
    }

    private List<string> Paths(string name)
    {
        if (!config.HasPath(Root + name))
            throw Missing(name);
        if (!config.GetValue(Root + name)!.IsArray())
            throw Wrong(name, "must be a list, as [\"/srv/vhds\"]");
        List<string> paths = [.. config.GetStringList(Root + name)];
        return paths.Find(path => !Path.IsPathRooted(path)) is { } relative
            ? throw new ServiceConfigurationException($"The setting {Root}{name} contains '{relative}', but it must hold absolute paths only.")
            : paths;
    }

    private bool Switch(string name) => Raw(name) switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw Wrong(name, "must be on or off"),
    };

    private T Choice<T>(string name, Dictionary<string, T> choices) =>
        choices.TryGetValue(Raw(name), out T? value) ? value : throw Wrong(name, $"must be one of {string.Join(", ", choices.Keys)}");

    private int Number(string name, int least, int most) => (int)Checked(name, path => config.GetLong(path), least, most, value => $"{value}");

    private int Size(string name, long least, long most) =>
        (int)Checked(name, path => config.GetByteSize(path) ?? throw new FormatException(), least, Math.Min(most, int.MaxValue), value => $"{value} bytes");

    private TimeSpan Time(string name, TimeSpan least, TimeSpan most) =>
        new(Checked(name, path => config.GetTimeSpan(path).Ticks, least.Ticks, most.Ticks, ticks => $"{new TimeSpan(ticks).TotalSeconds} s"));

    private long Checked(string name, Func<string, long> read, long least, long most, Func<long, string> show)
    {
        Raw(name);
        long value;
        try
        {
            value = read(Root + name);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw Wrong(name, "cannot be understood");
        }
        return value >= least && value <= most ? value : throw Wrong(name, $"must be from {show(least)} to {show(most)}");
    }

    private string Raw(string name) =>
        config.HasPath(Root + name) ? config.GetString(Root + name) ?? "" : throw Missing(name);

    private static ServiceConfigurationException Missing(string name) => new($"The setting {Root}{name} is missing.");

    private ServiceConfigurationException Wrong(string name, string rule) =>
        new($"The setting {Root}{name} is '{config.GetString(Root + name)}', but it {rule}.");
}
