namespace Akka.Actor;

/// <summary>An actor with a stash; the runtime sets <see cref="Stash"/> after the constructor.</summary>
public interface IActorStash
{
    IStash Stash { get; set; }
}
