namespace Akka.Actor;

/// <summary>References with a meaning of their own.</summary>
public static class ActorRefs
{
    /// <summary>The absent sender.</summary>
    public static readonly IActorRef NoSender = null!;

    /// <summary>The reference that ignores everything.</summary>
    public static readonly Nobody Nobody = Nobody.Instance;
}
