using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>A message with its sender.</summary>
internal sealed class RealMessageEnvelope(object message, IActorRef sender) : MessageEnvelope
{
    public override object Message { get; } = message;

    public override IActorRef Sender { get; } = sender;
}
