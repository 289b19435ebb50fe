using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>An actor that declares a handler per type of message; the first that matches, in order of declaration, is run.</summary>
public abstract class ReceiveActor : UntypedActor
{
    private readonly HandlerList _initial = new();
    private HandlerList? _building;

    protected ReceiveActor() => _building = _initial;

    protected sealed override void OnReceive(object message)
    {
    }

    protected void Become(Action configure) => Context.Become(Configure(configure).Handle);

    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Configure(configure).Handle);

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        Add(typeof(T), shouldHandle is null, message =>
        {
            var typed = (T)message;
            if (shouldHandle is not null && !shouldHandle(typed))
            {
                return false;
            }

            handler(typed);
            return true;
        });

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <param name="handler">Returns false to leave the message to later handlers.</param>
    protected void Receive<T>(Func<T, bool> handler) => Add(typeof(T), false, message => handler((T)message));

    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Add(messageType, shouldHandle is null, message =>
        {
            if (shouldHandle is not null && !shouldHandle(message))
            {
                return false;
            }

            handler(message);
            return true;
        });

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Func<object, bool> handler) => Add(messageType, false, message => handler(message));

    protected void ReceiveAny(Action<object> handler) => Receive<object>(handler);

    /// <summary>As <see cref="Receive{T}(Action{T}, Predicate{T})"/>; no other message is processed until the task ends.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Receive(messageType, message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        ReceiveAsync(messageType, handler, shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAsync<object>(handler);

    internal sealed override void OnConstructed() => _building = null;

    private protected sealed override bool ReceiveCore(object message) => _initial.Handle(message);

    private HandlerList Configure(Action configure)
    {
        HandlerList? outer = _building;
        var handlers = new HandlerList();
        _building = handlers;
        try
        {
            configure();
        }
        finally
        {
            _building = outer;
        }

        return handlers;
    }

    private void Add(Type messageType, bool unconditional, Func<object, bool> handler)
    {
        HandlerList handlers = _building ?? throw new InvalidOperationException(
            "You may only call Receive-methods when constructing the actor and inside Become().");
        handlers.Add(messageType, unconditional, handler);
    }
}
