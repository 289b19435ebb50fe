using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>The extensions of one actor system, each made once.</summary>
internal sealed class ExtensionRegistry(ActorSystemImpl system)
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();

    public object Register(IExtensionId id) =>
        _extensions.GetOrAdd(id.ExtensionType, _ => new Lazy<object>(() => id.CreateExtension(system))).Value;

    public bool TryGet(Type type, out object? extension)
    {
        extension = _extensions.TryGetValue(type, out Lazy<object>? found) ? found.Value : null;
        return extension is not null;
    }
}
