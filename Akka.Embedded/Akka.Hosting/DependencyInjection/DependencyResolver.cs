using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>The services of an actor system.</summary>
public sealed class DependencyResolver(IDependencyResolver resolver) : IExtension
{
    public IDependencyResolver Resolver { get; } = resolver;

    public static DependencyResolver For(ActorSystem actorSystem) => new DependencyResolverExtension().Get(actorSystem);

    public Props Props<T>(params object[] args) where T : ActorBase => Resolver.Props<T>(args);

    public Props Props(Type type, params object[] args) => Resolver.Props(type, args);
}
