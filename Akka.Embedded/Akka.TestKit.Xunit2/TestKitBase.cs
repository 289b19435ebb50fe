using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>An actor system under test, and a test actor that is the sender of what the test tells.</summary>
/// <remarks>Every expectation has a synchronous and an asynchronous form; all of them fail the test by its framework's means.</remarks>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static readonly Lazy<Config> Reference = new(ReadReference);
    private static int _testActors;

    private readonly TestActorQueue _queue = new();
    private readonly ITestKitAssertions _assertions;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system = null, string? testActorName = null)
        : this(assertions, system ?? CreateSystem(ActorSystemSetup.Empty, null), testActorName, isProbe: false)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, ActorSystemSetup setup, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, CreateSystem(setup, actorSystemName), testActorName, isProbe: false)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, Config config, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)), actorSystemName, testActorName)
    {
    }

    private protected TestKitBase(ITestKitAssertions assertions, ActorSystem system, string? testActorName, bool isProbe)
    {
        _assertions = assertions;
        Sys = system;
        TestKitSettings = TestKitExtension.For(system);
        Log = Logging.GetLogger(system, GetType());
        EventFilter = new EventFilterFactory(this);
        LastSender = system.DeadLetters;
        TestActorQueue queue = _queue;
        string name = testActorName ?? "testActor" + Interlocked.Increment(ref _testActors).ToString(CultureInfo.InvariantCulture);
        TestActor = ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new TestActor(queue)), name);
        if (!isProbe)
        {
            ActorCell.SetAmbientSelf(TestActor);
        }
    }

    public static Config DefaultConfig => Reference.Value;

    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public ActorSystem Sys { get; }

    public IActorRef TestActor { get; }

    public TestKitSettings TestKitSettings { get; }

    public ILoggingAdapter Log { get; }

    public EventFilterFactory EventFilter { get; }

    public bool HasMessages => _queue.Count > 0;

    public object? LastMessage { get; private set; }

    public IActorRef LastSender { get; private set; }

    /// <summary>A time, scaled by <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;

    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? TestKitSettings.DefaultTimeout;

    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => TestActor.Tell(new SetIgnore(shouldIgnoreMessage));

    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        IgnoreMessages(message => message is TMsg typed && shouldIgnoreMessage(typed));

    public void IgnoreNoMessages() => IgnoreMessages(_ => false);

    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new SetAutoPilot(pilot));

    public IActorRef Watch(IActorRef actorToWatch) => WatchAsync(actorToWatch).GetAwaiter().GetResult();

    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch)
    {
        await TestActor.Ask<WatchRequest>(new WatchRequest(actorToWatch), TestKitSettings.DefaultTimeout).ConfigureAwait(false);
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch) => UnwatchAsync(actorToUnwatch).GetAwaiter().GetResult();

    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch)
    {
        await TestActor.Ask<UnwatchRequest>(new UnwatchRequest(actorToUnwatch), TestKitSettings.DefaultTimeout).ConfigureAwait(false);
        return actorToUnwatch;
    }

    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    public TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, _assertions, name);

    public virtual TestLatch CreateTestLatch(int count = 1) => new(Dilated, TestKitSettings.DefaultTimeout, count);

    /// <summary>Terminates the actor system and waits for it.</summary>
    /// <param name="duration">Null for five times the single expect default, at most 10 s.</param>
    /// <param name="verifySystemShutdown">Whether a system that does not end in time raises <see cref="TimeoutException"/>.</param>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        TimeSpan limit = duration ?? Dilated(TimeSpan.FromSeconds(Math.Min(10, 5 * TestKitSettings.SingleExpectDefault.TotalSeconds)));
        if (system.Terminate().Wait(limit))
        {
            return;
        }

        const string problem = "Failed to stop [{0}] within [{1}]";
        if (verifySystemShutdown)
        {
            throw new TimeoutException(string.Format(CultureInfo.InvariantCulture, problem, system.Name, limit));
        }

        system.Log.Warning(problem, system.Name, limit);
    }

    private static ActorSystem CreateSystem(ActorSystemSetup setup, string? name)
    {
        var bootstrap = setup.Get<BootstrapSetup>();
        BootstrapSetup withReference = (bootstrap.HasValue ? bootstrap.Value : BootstrapSetup.Create()).WithConfigFallback(DefaultConfig);
        return ActorSystem.Create(name ?? "test", setup.WithSetup(withReference));
    }

    private static Config ReadReference()
    {
        using Stream stream = typeof(TestKitBase).Assembly.GetManifestResourceStream("Akka.TestKit.Reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
