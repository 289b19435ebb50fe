using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Akka.Hosting;

/// <summary>Finds actors by a type that stands for them.</summary>
public interface IReadOnlyActorRegistry : IEnumerable<KeyValuePair<Type, IActorRef>>
{
    /// <exception cref="MissingActorRegistryEntryException">Nothing is registered.</exception>
    IActorRef Get<TKey>();

    bool TryGet<TKey>([NotNullWhen(true)] out IActorRef? actor);

    bool TryGet(Type key, [NotNullWhen(true)] out IActorRef? actor);

    /// <summary>Waits until the actor is registered.</summary>
    Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default);

    Task<IActorRef> GetAsync(Type key, CancellationToken ct = default);
}
