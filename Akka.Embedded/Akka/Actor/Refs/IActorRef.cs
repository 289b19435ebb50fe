namespace Akka.Actor;

/// <summary>An actor's address: survives restarts, is safe to share between threads, and tells nothing about the actor's state.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}
