namespace Akka.Actor;

/// <summary>Small helpers around references.</summary>
public static class ActorRefExtensions
{
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Nobody;

    public static IActorRef GetOrElse(this IActorRef? actorRef, Func<IActorRef> elseValue) =>
        actorRef.IsNobody() ? elseValue() : actorRef!;

    /// <summary>The reference the runtime can send system messages to.</summary>
    /// <exception cref="ArgumentException">The reference was not made by this runtime.</exception>
    internal static InternalActorRef AsInternal(this IActorRef actorRef) => actorRef switch
    {
        InternalActorRef internalRef => internalRef,
        IActorRefWrapper wrapper => wrapper.Wrapped.AsInternal(),
        _ => throw new ArgumentException($"{actorRef.GetType()} is not a reference of this actor system", nameof(actorRef)),
    };
}
