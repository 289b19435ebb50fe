using Akka.Actor;

namespace Akka.Event;

/// <summary>A message that its receiver did not handle.</summary>
public sealed class UnhandledMessage(object message, IActorRef? sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);
