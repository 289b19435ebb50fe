using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Ignores everything.</summary>
public class BlackHoleActor : ActorBase
{
    public static Props Props { get; } = Actor.Props.Create<BlackHoleActor>();

    protected override bool Receive(object message) => true;
}
