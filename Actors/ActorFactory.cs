using Akka.Actor;

namespace Tapvisor.Actors;

/// <summary>
/// Makes actors by a delegate. <see cref="Props.Create{TActor}(System.Linq.Expressions.Expression{Func{TActor}}, SupervisorStrategy)"/> compiles
/// its expression at run time, for each argument of each actor, and calls the constructor by reflection: with four actors a disk that was
/// most of what a disk's start cost.
/// </summary>
internal sealed class ActorFactory<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    public Type ActorType => typeof(TActor);

    public ActorBase Produce() => make();

    /// <summary>An actor that has ended leaves nothing behind that its factory holds.</summary>
    public void Release(ActorBase actor)
    {
    }
}
