using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>Services for actors.</summary>
public interface IDependencyResolver
{
    object? GetService<T>();

    object? GetService(Type type);

    /// <summary>Props whose constructor arguments are services, but for those given.</summary>
    Props Props<T>(params object[] args) where T : ActorBase;

    Props Props(Type type, params object[] args);
}
