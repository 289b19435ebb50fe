using Akka.Actor;

namespace Akka.Event;

/// <summary>Makes dead letters.</summary>
internal static class DeadLetters
{
    public static AllDeadLetters Wrap(object message, IActorRef? sender, IActorRef recipient) => message switch
    {
        AllDeadLetters already => already,
        TimerTick tick => Wrap(tick.Message, sender, recipient),
        IDeadLetterSuppression suppressed => new SuppressedDeadLetter(suppressed, sender, recipient),
        _ => new DeadLetter(message, sender, recipient),
    };
}
