namespace Akka.Actor;

/// <summary>What extensions see of their actor system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    /// <summary>Creates an actor below <c>/system</c>, where it outlives all of <c>/user</c>.</summary>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);
}
