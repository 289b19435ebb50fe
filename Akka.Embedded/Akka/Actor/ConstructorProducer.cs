using System.Reflection;

namespace Akka.Actor;

/// <summary>Makes actors by calling their constructor.</summary>
internal sealed class ConstructorProducer(Type type, object?[] arguments) : IIndirectActorProducer
{
    private const BindingFlags AnyConstructor = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;

    public Type ActorType { get; } = typeof(ActorBase).IsAssignableFrom(type) && !type.IsAbstract
        ? type
        : throw new ArgumentException($"The type must be a concrete class that inherits ActorBase, not {type}", nameof(type));

    public ActorBase Produce() =>
        (ActorBase)Activator.CreateInstance(ActorType, AnyConstructor, binder: null, arguments, culture: null)!;

    public void Release(ActorBase actor)
    {
    }
}
