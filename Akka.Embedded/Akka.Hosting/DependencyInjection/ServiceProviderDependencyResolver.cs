using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>Resolves from a service provider.</summary>
internal sealed class ServiceProviderDependencyResolver(IServiceProvider services) : IDependencyResolver
{
    public object? GetService<T>() => services.GetService(typeof(T));

    public object? GetService(Type type) => services.GetService(type);

    public Props Props<T>(params object[] args) where T : ActorBase => Props(typeof(T), args);

    public Props Props(Type type, params object[] args) => Actor.Props.CreateBy(new ServiceActorProducer(services, type, args), args);
}
