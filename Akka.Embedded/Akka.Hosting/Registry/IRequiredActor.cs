using Akka.Actor;

namespace Akka.Hosting;

/// <summary>An actor as a service: what is registered under <typeparamref name="TActor"/>.</summary>
public interface IRequiredActor<TActor>
{
    /// <exception cref="MissingActorRegistryEntryException">Nothing is registered.</exception>
    IActorRef ActorRef { get; }

    /// <summary>Waits until the actor is registered.</summary>
    Task<IActorRef> GetAsync(CancellationToken cancellationToken = default);
}
