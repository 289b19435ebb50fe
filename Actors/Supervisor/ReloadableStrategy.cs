using Akka.Actor;
using Akka.Actor.Internal;

namespace Tapvisor.Actors.Supervisor;

/// <summary>
/// One child's failure concerns that child alone, as with Akka's OneForOneStrategy, but how often it may fail is asked when it fails: Akka
/// keeps an actor's strategy, and with it the limits of the moment when it was made.
/// </summary>
internal sealed class ReloadableStrategy : OneForOneStrategy
{
    private readonly SettingsSource _settings;
    private readonly Func<SupervisorSettings, int> _restarts;

    /// <summary>A strategy.</summary>
    /// <param name="settings">Where the limits are.</param>
    /// <param name="restarts">Restarts within <see cref="SupervisorSettings.RestartWindow"/>; after that the child is stopped.</param>
    /// <param name="decide">What a failure means.</param>
    /// <param name="loggingEnabled">Whether Akka logs failures.</param>
    internal ReloadableStrategy(
        SettingsSource settings, Func<SupervisorSettings, int> restarts, Func<Exception, Directive> decide, bool loggingEnabled = true)
        : base(-1, -1, decide, loggingEnabled)
    {
        _settings = settings;
        _restarts = restarts;
    }

    /// <inheritdoc />
    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children)
    {
        SupervisorSettings now = _settings.Current;
        if (restart && stats.RequestRestartPermission(_restarts(now), (int)now.RestartWindow.TotalMilliseconds))
            RestartChild(child, cause, suspendFirst: false);
        else
            context.Stop(child);
    }
}
