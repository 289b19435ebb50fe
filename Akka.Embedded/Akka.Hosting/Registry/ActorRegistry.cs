using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Akka.Hosting;

/// <summary>The registry of one actor system.</summary>
public class ActorRegistry : IActorRegistry, IExtension
{
    // One entry per type that was ever asked for or registered; pending until there is an actor.
    private readonly ConcurrentDictionary<Type, TaskCompletionSource<IActorRef>> _actors = new();

    public static ActorRegistry For(ActorSystem actorSystem) => new ActorRegistryExtension().Get(actorSystem);

    public void Register<TKey>(IActorRef actor, bool overwrite = false)
    {
        if (!TryRegister<TKey>(actor, overwrite))
        {
            throw new DuplicateActorRegistryException($"An actor value has already been assigned for key [{typeof(TKey)}]");
        }
    }

    public bool TryRegister<TKey>(IActorRef actor, bool overwrite = false) => TryRegister(typeof(TKey), actor, overwrite);

    public bool TryRegister(Type key, IActorRef actor, bool overwrite = false)
    {
        if (Entry(key).TrySetResult(actor))
        {
            return true;
        }

        if (overwrite)
        {
            var replaced = NewEntry();
            replaced.SetResult(actor);
            _actors[key] = replaced;
        }

        return overwrite;
    }

    public IActorRef Get<TKey>() => TryGet<TKey>(out IActorRef? actor)
        ? actor
        : throw new MissingActorRegistryEntryException($"No actor registered for key {typeof(TKey).FullName}");

    public bool TryGet<TKey>([NotNullWhen(true)] out IActorRef? actor) => TryGet(typeof(TKey), out actor);

    public bool TryGet(Type key, [NotNullWhen(true)] out IActorRef? actor)
    {
        actor = _actors.TryGetValue(key, out TaskCompletionSource<IActorRef>? entry) && entry.Task.IsCompletedSuccessfully
            ? entry.Task.Result
            : null;
        return actor is not null;
    }

    public Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default) => GetAsync(typeof(TKey), ct);

    public Task<IActorRef> GetAsync(Type key, CancellationToken ct = default) => Entry(key).Task.WaitAsync(ct);

    public IEnumerator<KeyValuePair<Type, IActorRef>> GetEnumerator() => _actors
        .Where(entry => entry.Value.Task.IsCompletedSuccessfully)
        .Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Task.Result))
        .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static TaskCompletionSource<IActorRef> NewEntry() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource<IActorRef> Entry(Type key) => _actors.GetOrAdd(key, _ => NewEntry());
}
