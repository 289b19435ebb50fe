namespace Akka.Actor;

/// <summary>The declared handlers of one behaviour of a <see cref="ReceiveActor"/>.</summary>
internal sealed class HandlerList
{
    private readonly List<(Type Type, Func<object, bool> Handler)> _handlers = [];
    private bool _catchesAll;

    /// <exception cref="InvalidOperationException">An earlier handler takes every message, so this one could never run.</exception>
    public void Add(Type type, bool unconditional, Func<object, bool> handler)
    {
        if (_catchesAll)
        {
            throw new InvalidOperationException(
                "A handler that catches all messages has been added. No handler can be added after that.");
        }

        _handlers.Add((type, handler));
        _catchesAll = unconditional && type == typeof(object);
    }

    public bool Handle(object message)
    {
        foreach ((Type type, Func<object, bool> handler) in _handlers)
        {
            if (type.IsInstanceOfType(message) && handler(message))
            {
                return true;
            }
        }

        return false;
    }
}
