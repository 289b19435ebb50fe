using Akka.Actor;
using Akka.DependencyInjection;

namespace Akka.Hosting;

/// <summary>As <see cref="ActorStarter"/>, for actors that want services.</summary>
public delegate Task ActorStarterWithResolver(ActorSystem system, IActorRegistry registry, IDependencyResolver resolver);
