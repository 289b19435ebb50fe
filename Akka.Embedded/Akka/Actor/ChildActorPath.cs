namespace Akka.Actor;

/// <summary>The path of anything below the root.</summary>
public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath.Address, name, uid)
{
    public override ActorPath Parent { get; } = parentPath;

    public override ActorPath Root { get; } = parentPath.Root;

    public override int Depth { get; } = parentPath.Depth + 1;
}
