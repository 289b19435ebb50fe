using System.Diagnostics;
using System.Globalization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The actor system: starts the guardians and the loggers, and ends when they are dead.</summary>
internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _callbackLock = new();
    private readonly Stack<Action> _onTermination = new();
    private readonly ExtensionRegistry _extensions;
    private readonly LocalActorRef _userGuardian;
    private readonly LocalActorRef _systemGuardian;
    private readonly LocalActorRef _rootGuardian;
    private long _lastUid;
    private long _lastTemp;

    private ActorSystemImpl(string name, Config config, ActorSystemSetup setup)
    {
        Name = name;
        Settings = new Settings(this, config, setup);
        EventStream = new EventStream(debug: false);
        EventStream.SetLogLevel(Logging.LogLevelFor(Settings.LogLevel));
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), DefaultLogMessageFormatter.Instance);
        RootPath = new RootActorPath(new Address("akka", name));
        DeadLettersRef = new DeadLetterActorRef(this, RootPath / "deadLetters");
        _extensions = new ExtensionRegistry(this);
        Scheduler = TypeLookup.Create<IScheduler>(
            Settings.SchedulerClass, "akka.scheduler.implementation", Settings.Config, Log);
        SupervisorStrategy userStrategy = TypeLookup.Create<SupervisorStrategyConfigurator>(
            Settings.SupervisorStrategyClass, "akka.actor.guardian-supervisor-strategy").Create();

        // A guardian that fails is stopped, and the system ends.
        Props guardian = Guardian(() => _systemGuardian).WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy);
        _rootGuardian = new LocalActorRef(this, guardian, new RootSupervisor(this, RootPath), RootPath);
        _userGuardian = (LocalActorRef)_rootGuardian.Cell.ActorOf(Guardian(() => null).WithSupervisorStrategy(userStrategy), "user");
        _systemGuardian = (LocalActorRef)_rootGuardian.Cell.ActorOf(Guardian(() => _userGuardian), "system");
    }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => DeadLettersRef;

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override TimeSpan Uptime => Stopwatch.GetElapsedTime(_start);

    public override Task WhenTerminated => _terminated.Task;

    internal ActorPath RootPath { get; }

    internal InternalActorRef RootGuardian => _rootGuardian;

    internal DeadLetterActorRef DeadLettersRef { get; }

    public static ActorSystemImpl Start(string name, Config config, ActorSystemSetup setup)
    {
        if (name.Length == 0 || name[0] == '-' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')",
                nameof(name));
        }

        var system = new ActorSystemImpl(name, config, setup);
        system.StartAll();
        return system;
    }

    public override IActorRef ActorOf(Props props, string? name = null) => _userGuardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) => _systemGuardian.Cell.ActorOf(props, name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => new(_rootGuardian, actorPath.Elements);

    public override ActorSelection ActorSelection(string actorPath) => SelectionPath.Parse(this, _rootGuardian, actorPath);

    public override void Stop(IActorRef actor) => actor.AsInternal().Stop();

    public override Task Terminate()
    {
        if (Settings.CoordinatedShutdownRunByActorSystemTerminate)
        {
            _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        }
        else
        {
            FinalTerminate();
        }

        return WhenTerminated;
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_callbackLock)
        {
            if (_terminated.Task.IsCompleted)
            {
                throw new InvalidOperationException($"The ActorSystem [{Name}] is terminated");
            }

            _onTermination.Push(code);
        }
    }

    public override object RegisterExtension(IExtensionId extension) => _extensions.Register(extension);

    public override object GetExtension(IExtensionId extensionId) => _extensions.Register(extensionId);

    public override T GetExtension<T>() => TryGetExtension(out T? extension) ? extension! : null!;

    public override bool TryGetExtension<T>(out T? extension) where T : class
    {
        bool found = _extensions.TryGet(typeof(T), out object? any);
        extension = (T?)any;
        return found;
    }

    public override bool HasExtension<T>() => _extensions.TryGet(typeof(T), out _);

    /// <summary>Stops <c>/user</c>, and all else after it.</summary>
    internal void FinalTerminate() => _userGuardian.Stop();

    internal void OnRootTerminated()
    {
        while (TakeCallback() is { } callback)
        {
            RunCallback(callback);
        }

        (Scheduler as IDisposable)?.Dispose();
        _terminated.TrySetResult();
    }

    internal long NextUid() => Interlocked.Increment(ref _lastUid);

    internal ActorPath NextTempPath() => new ChildActorPath(
        RootPath / "temp", "$" + Interlocked.Increment(ref _lastTemp).ToString("x", CultureInfo.InvariantCulture), NextUid());

    private protected override void Dispose(bool disposing) => _ = Terminate();

    private static Props Guardian(Func<IActorRef?> livesAsLongAs) => Props.Create(() => new GuardianActor(livesAsLongAs));

    private void StartAll()
    {
        _rootGuardian.Start();
        LoggerStartup.Run(this);
        if (Settings.LogDeadLetters > 0)
        {
            SystemActorOf(Props.Create<DeadLetterListener>(), "deadLetterListener");
        }

        CoordinatedShutdown.Get(this);
    }

    private Action? TakeCallback()
    {
        lock (_callbackLock)
        {
            return _onTermination.TryPop(out Action? callback) ? callback : null;
        }
    }

    private void RunCallback(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception e)
        {
            Log.Error(e, "A termination callback failed");
        }
    }
}
