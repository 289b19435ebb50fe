namespace Akka.Actor;

/// <summary>Makes actor instances in a way of its own.</summary>
public interface IIndirectActorProducer
{
    Type ActorType { get; }

    /// <summary>Makes one instance; called in the actor's turn, for the start and every restart.</summary>
    ActorBase Produce();

    /// <summary>The instance is no longer used.</summary>
    void Release(ActorBase actor);
}
