namespace Akka.Actor.Setup;

/// <summary>One programmatic setting of an actor system.</summary>
public abstract class Setup
{
    public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
}
