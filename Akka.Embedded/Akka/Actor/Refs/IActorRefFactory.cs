namespace Akka.Actor;

/// <summary>Creates actors and looks them up.</summary>
public interface IActorRefFactory
{
    /// <summary>Creates a child actor.</summary>
    /// <param name="props">How to create it.</param>
    /// <param name="name">Its name, unique among its siblings; null for a generated one.</param>
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    /// <exception cref="InvalidOperationException">The parent is terminating or terminated.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    ActorSelection ActorSelection(ActorPath actorPath);

    ActorSelection ActorSelection(string actorPath);
}
