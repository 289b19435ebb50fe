namespace Akka.Actor;

/// <summary>Thrown by an actor that watches another and does not handle its <see cref="Terminated"/>.</summary>
public class DeathPactException(IActorRef deadActor)
    : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    public IActorRef DeadActor { get; } = deadActor;
}
