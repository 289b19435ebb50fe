using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

/// <summary>Makes actors with services, in a scope of their own that ends with them.</summary>
internal sealed class ServiceActorProducer(IServiceProvider services, Type type, object[] arguments) : IIndirectActorProducer
{
    private readonly Dictionary<ActorBase, IServiceScope> _scopes = [];

    public Type ActorType => type;

    public ActorBase Produce()
    {
        IServiceScope scope = services.CreateScope();
        try
        {
            var actor = (ActorBase)ActivatorUtilities.CreateInstance(scope.ServiceProvider, type, arguments);
            lock (_scopes)
            {
                _scopes.Add(actor, scope);
            }

            return actor;
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    public void Release(ActorBase actor)
    {
        IServiceScope? scope;
        lock (_scopes)
        {
            _scopes.Remove(actor, out scope);
        }

        scope?.Dispose();
    }
}
