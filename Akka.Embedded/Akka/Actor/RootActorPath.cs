namespace Akka.Actor;

/// <summary>The path of the tree's root.</summary>
public sealed class RootActorPath(Address address, string name = "/") : ActorPath(address, name, UndefinedUid)
{
    public override ActorPath Parent => this;

    public override ActorPath Root => this;

    public override int Depth => 0;
}
