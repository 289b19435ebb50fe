using Akka.Actor;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Disks;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>A tapdisk's image driver's actor, and what its failures mean.</summary>
internal sealed class ImageChild(DiskEntry entry)
{
    private IActorRef _actor = ActorRefs.Nobody;
    private string? _damage;

    /// <summary>Starts it, for the first time or after it stopped.</summary>
    internal void Start(IActorContext context)
    {
        _actor = context.ActorOf(ActorProps.Of(() => new ImageDriverActor(entry.Minor, entry.Host.Image, entry.Host.History)), "image");
        context.Watch(_actor);
    }

    internal void Tell(ImageProtocol.Request request) => _actor.Tell(request);

    internal bool Is(IActorRef actor) => actor.Equals(_actor);

    /// <summary>Restarts a driver that failed, unless its image is damaged or somebody else's: such an image is not opened again.</summary>
    internal SupervisorStrategy Strategy(SettingsSource settings) => new ReloadableStrategy(
        settings,
        now => now.ImageRestarts,
        cause =>
        {
            if (cause is not ImageFaultedException { IsPermanent: true })
                return Directive.Restart;
            _damage = cause.Message;
            return Directive.Stop;
        },
        loggingEnabled: false);

    /// <summary>Why it was stopped as damaged; null when it is sound but failed too often.</summary>
    internal string? TakeDamage()
    {
        string? damage = _damage;
        _damage = null;
        return damage;
    }
}
