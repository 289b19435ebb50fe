namespace Tapvisor.Actors.Supervisor;

/// <summary>How the supervisor and its tapdisks behave; the HOCON path of each is in config/supervisor.hocon.</summary>
public sealed record SupervisorSettings
{
    /// <summary>The service's pid: the identity of all its disks.</summary>
    public int Pid { get; init; } = Environment.ProcessId;

    /// <summary>First pause before a failed driver is opened again; doubles with each further failure.</summary>
    public TimeSpan RestartBackoffMinimum { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan RestartBackoffMaximum { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Restarts of an image driver within <see cref="RestartWindow"/> before the whole tapdisk is restarted.</summary>
    public int ImageRestarts { get; init; } = 5;

    /// <summary>Restarts of a tapdisk within <see cref="RestartWindow"/> before it is given up.</summary>
    public int TapdiskRestarts { get; init; } = 3;

    /// <summary>Time in which restarts are counted.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an image that cannot be opened again is tried before its guest sees errors.</summary>
    public TimeSpan RecoveryPatience { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Attempts to open the image on resume while the storage is busy (upstream: 10).</summary>
    public int ResumeAttempts { get; init; } = 10;

    /// <summary>Pause between two of them (upstream: 1 s).</summary>
    public TimeSpan ResumeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request that meets a busy storage is tried again when OPEN does not say (upstream: 120 s).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>TAPVISOR_MESSAGE_INJECT is served.</summary>
    public bool FaultInjection { get; init; }
}
