using Akka.Actor;

namespace Akka.Event;

/// <summary>A dead letter of no interest to most.</summary>
public sealed class SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef? sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);
