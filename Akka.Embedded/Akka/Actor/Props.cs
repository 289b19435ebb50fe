using System.Linq.Expressions;

namespace Akka.Actor;

/// <summary>An immutable recipe for actors.</summary>
public class Props
{
    private readonly IIndirectActorProducer _producer;

    private Props(IIndirectActorProducer producer, object?[] arguments, SupervisorStrategy? strategy)
    {
        _producer = producer;
        Arguments = arguments;
        SupervisorStrategy = strategy;
    }

    public Type Type => _producer.ActorType;

    public string TypeName => Type.AssemblyQualifiedName!;

    public object?[] Arguments { get; }

    /// <summary>Overrides the actor's own strategy for its children.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; }

    public static Props Create<TActor>(params object?[] args) where TActor : ActorBase => Create(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() =>
        Create<TActor>().WithSupervisorStrategy(supervisorStrategy);

    /// <param name="type">A concrete actor class.</param>
    /// <param name="args">Its constructor's arguments; the same objects are used for every restart.</param>
    public static Props Create(Type type, params object?[] args) => new(new ConstructorProducer(type, args), args, null);

    /// <summary>Takes the constructor and its arguments, evaluated once, from an expression.</summary>
    /// <param name="factory">Must be <c>() => new TActor(…)</c>.</param>
    /// <param name="supervisorStrategy">Overrides the actor's own strategy for its children.</param>
    /// <exception cref="ArgumentException">The expression is not a constructor call.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is not NewExpression creation)
        {
            throw new ArgumentException("The create function must be a 'new T (args)' expression", nameof(factory));
        }

        object?[] arguments = [.. creation.Arguments.Select(Evaluate)];
        return new Props(new ConstructorProducer(typeof(TActor), arguments), arguments, supervisorStrategy);
    }

    public static Props CreateBy(IIndirectActorProducer producer, params object?[] args) => new(producer, args, null);

    /// <summary>There is one dispatcher, the thread pool; the name is accepted for compatibility.</summary>
    public Props WithDispatcher(string dispatcher) => Named(dispatcher, this);

    /// <summary>There is one kind of mailbox, unbounded; the name is accepted for compatibility.</summary>
    public Props WithMailbox(string mailbox) => Named(mailbox, this);

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(_producer, Arguments, supervisorStrategy);

    public virtual ActorBase NewActor() => _producer.Produce();

    public override string ToString() => $"Props({Type.Name})";

    internal void Release(ActorBase actor) => _producer.Release(actor);

    private static Props Named(string name, Props props)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return props;
    }

    private static object? Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();
}
