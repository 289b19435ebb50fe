using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Ends an actor system in phases; the tasks of a phase run in parallel, each phase has a time limit.</summary>
public sealed partial class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly Lock _lock = new();
    private readonly ShutdownPhases _phases;
    private readonly Dictionary<string, List<ShutdownTask>> _tasks = [];
    private Task<Done>? _run;

    internal CoordinatedShutdown(ExtendedActorSystem system)
    {
        System = system;
        _phases = ShutdownPhases.Read(system.Settings.Config.GetConfig("akka.coordinated-shutdown"));
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why the system ends; null while it does not.</summary>
    public Reason? ShutdownReason { get; private set; }

    /// <summary>The sum of all phases' limits.</summary>
    public TimeSpan TotalTimeout => _phases.InOrder.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Timeout);

    public static CoordinatedShutdown Get(ActorSystem sys) => new CoordinatedShutdownExtension().Get(sys);

    /// <summary>Adds a task to a phase. One that comes when its phase has begun is not run.</summary>
    /// <exception cref="ConfigurationException">The phase is not configured.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        if (_phases.Find(phase) is null)
        {
            throw new ConfigurationException(
                $"Unknown phase [{phase}], known phases [{string.Join(", ", _phases.InOrder.Select(one => one.Name))}]. " +
                "All phases (along with their optional dependencies) must be defined in configuration.");
        }

        lock (_lock)
        {
            if (!_tasks.TryGetValue(phase, out List<ShutdownTask>? tasks))
            {
                _tasks.Add(phase, tasks = []);
            }

            tasks.Add(new ShutdownTask(taskName, task));
        }
    }

    /// <summary>The time limit of a phase.</summary>
    /// <exception cref="ArgumentException">The phase is not configured.</exception>
    public TimeSpan Timeout(string phase) =>
        _phases.Find(phase)?.Timeout
        ?? throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.");

    /// <summary>Runs all phases once; later calls return the first one's task.</summary>
    /// <param name="reason">Why the system ends.</param>
    /// <param name="fromPhase">The first phase to run; null for all.</param>
    /// <returns>Completes after the last phase; fails if a phase fails that does not recover.</returns>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        var completion = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_run is not null)
            {
                return _run;
            }

            ShutdownReason = reason;
            _run = completion.Task;
        }

        _ = Task.Run(() => RunPhases(fromPhase, completion));
        return completion.Task;
    }

    private async Task RunPhases(string? fromPhase, TaskCompletionSource<Done> completion)
    {
        try
        {
            foreach (ShutdownPhase phase in _phases.InOrder.SkipWhile(one => fromPhase is not null && one.Name != fromPhase))
            {
                await RunPhase(phase).ConfigureAwait(false);
            }

            completion.TrySetResult(Done.Instance);
        }
        catch (Exception e)
        {
            completion.TrySetException(e);
        }
    }

    private async Task RunPhase(ShutdownPhase phase)
    {
        ShutdownTask[] tasks = TasksOf(phase.Name);
        if (tasks.Length == 0)
        {
            return;
        }

        if (!phase.Enabled)
        {
            System.Log.Info("Phase [{0}] disabled through configuration, skipping [{1}] tasks.", phase.Name, tasks.Length);
            return;
        }

        System.Log.Debug("Performing phase [{0}] with [{1}] tasks", phase.Name, tasks.Length);
        try
        {
            await Task.WhenAll(tasks.Select(task => RunTask(task, phase))).WaitAsync(phase.Timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (phase.Recover)
        {
            System.Log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase.Name, phase.Timeout);
        }
    }

    private async Task RunTask(ShutdownTask task, ShutdownPhase phase)
    {
        try
        {
            // Apart from the other tasks of the phase even before its first await.
            await Task.Run(task.Work).ConfigureAwait(false);
        }
        catch (Exception e) when (phase.Recover)
        {
            System.Log.Warning("Task [{0}] failed in phase [{1}]: {2}", task.Name, phase.Name, e.Message);
        }
    }

    private ShutdownTask[] TasksOf(string phase)
    {
        lock (_lock)
        {
            return _tasks.TryGetValue(phase, out List<ShutdownTask>? tasks) ? [.. tasks] : [];
        }
    }
}
