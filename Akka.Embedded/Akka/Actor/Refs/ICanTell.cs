namespace Akka.Actor;

/// <summary>What messages can be sent to.</summary>
public interface ICanTell
{
    void Tell(object message, IActorRef? sender);
}
