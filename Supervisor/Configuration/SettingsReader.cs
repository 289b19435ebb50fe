using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.XenStore;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.BlockIo.Engines;
using Tapvisor.Disks.Requests;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Parents;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.Supervisor.Control;
using Tapvisor.XenStore;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>From HOCON to <see cref="ServiceSettings"/>: each setting is checked and named when it is wrong.</summary>
internal sealed class SettingsReader(SettingValues values)
{
    // More threads than this have not been seen to help; one engine keeps a fast disk busy.
    private const int MostEnginesByDefault = 4;

    private const long MiB = 1 << 20;

    // What Linux' blkback serves at most, and frontends are tested with.
    private const int MostRingPageOrder = 4;
    private const int MostQueues = 16;
    private const int MostIndirectSegments = 256;

    /// <exception cref="ServiceConfigurationException">A setting is wrong.</exception>
    internal static ServiceSettings Read(SettingValues values) => new SettingsReader(values).Read();

    private ServiceSettings Read() => new()
    {
        ControlDirectory = Environment.GetEnvironmentVariable(Tapvisor.Control.ControlDirectory.EnvironmentVariable) is { Length: > 0 } path
            ? path
            : values.Text("control-directory"),
        LogLevel = values.Choice("log.level", s_levels),
        EngineCount = values.Number("engine.count", 0, 256) is > 0 and int count ? count : Math.Min(Environment.ProcessorCount, MostEnginesByDefault),
        Engine = new IoEngineOptions
        {
            Kind = values.Choice("engine.kind", s_kinds),
            QueueEntries = values.Number("engine.queue-entries", 8, 4096),
            ArenaSize = values.Size("engine.arena", 0, 1024 * MiB),
            SpinMicroseconds = (int)values.Time("engine.spin", TimeSpan.Zero, TimeSpan.FromMilliseconds(1)).TotalMicroseconds,
        },
        Queue = new RequestQueueOptions
        {
            BufferBytes = values.Size("disk.buffers", MiB, 16384 * MiB),
            RequestTimeout = values.Time("disk.request-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
            SpaceTimeout = values.Time("disk.space-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
            RetryInterval = values.Time("disk.retry-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            HangTimeout = values.Time("disk.hang-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1)),
        },
        Images = new ImageContext
        {
            Parents = new ParentPolicy(values.Paths("vhd.parent-directories")),
            KeyDirectories = new KeyDirectories(values.Paths("vhd.key-directories")),
        },
        Nbd = new NbdOptions
        {
            MaxConnections = values.Number("nbd.connections", 1, 1024),
            MaxRequestsPerConnection = values.Number("nbd.requests-per-connection", 1, 1024),
            StopTimeout = values.Time("nbd.stop-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
            HandshakeTimeout = values.Time("nbd.handshake-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        },
        StatisticsDirectory = values.Text("statistics.directory", mayBeEmpty: true),
        StatisticsInterval = values.Time("statistics.interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        Xen = XenSelection.TryParse(values.Raw("xen.devices"), out XenSelection xen)
            ? xen
            : throw values.Wrong("xen.devices", "must be xen or loopback:DIRECTORY"),
        XenBlkif = new XenBlkifOptions
        {
            DrainTimeout = values.Time("xen.drain-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
            KeepsGrants = values.Switch("xen.persistent-grants"),
        },
        Control = new ControlOptions(
            values.Number("control.connections", 1, 4096),
            values.Time("control.timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            values.Text("control-group", mayBeEmpty: true)),
        Supervisor = new SupervisorSettings
        {
            FaultInjection = values.Switch("fault-injection"),
            RestartBackoffMinimum = values.Time("restart.backoff-minimum", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            RestartBackoffMaximum = values.Time(
                "restart.backoff-maximum", values.Time("restart.backoff-minimum", TimeSpan.Zero, TimeSpan.MaxValue), TimeSpan.FromMinutes(10)),
            ImageRestarts = values.Number("restart.image-restarts", 0, 1000),
            TapdiskRestarts = values.Number("restart.tapdisk-restarts", 0, 1000),
            RestartWindow = values.Time("restart.window", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
            RecoveryPatience = values.Time("restart.patience", TimeSpan.Zero, TimeSpan.FromDays(1)),
            ResumeAttempts = values.Number("resume.attempts", 1, 1000),
            ResumeInterval = values.Time("resume.interval", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            RequestTimeout = values.Time("disk.request-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
        },
        XenStore = new XenStoreSettings
        {
            Mode = values.Choice("xen.enabled", s_modes),
            Store = values.Text("xen.store", mayBeEmpty: true),
            Devices = new VbdOptions
            {
                BackendName = values.NodeName("xen.backend-name"),
                Toolstack = values.Choice("xen.toolstack", s_toolstacks),
                MaxRingPageOrder = (uint)values.Number("xen.ring-page-order", 0, MostRingPageOrder),
                MaxQueues = (uint)values.Number("xen.queues", 1, MostQueues),
                MaxIndirectSegments = (uint)values.Number("xen.indirect-segments", 0, MostIndirectSegments),
            },
        },
        OnDemandLinger = values.Time("on-demand-linger", TimeSpan.Zero, TimeSpan.FromDays(1)),
        Limits = new EndLimits(values.Time("shutdown-timeout", TimeSpan.Zero, TimeSpan.FromHours(1))),
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
        ["yes"] = StoreMode.On,
        ["off"] = StoreMode.Off,
        ["false"] = StoreMode.Off,
        ["no"] = StoreMode.Off,
    };

    private static readonly Dictionary<string, Toolstack> s_toolstacks = new()
    {
        ["auto"] = Toolstack.Auto,
        ["libxl"] = Toolstack.LibXl,
        ["xenopsd"] = Toolstack.XenOpsD,
    };
}
