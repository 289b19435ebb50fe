using Akka.Actor;

namespace Tapvisor.Actors;

/// <summary>How an actor is made, for the first time and after each failure.</summary>
public static class ActorProps
{
    public static Props Of<TActor>(Func<TActor> make)
        where TActor : ActorBase => Props.CreateBy(new ActorFactory<TActor>(make));
}
