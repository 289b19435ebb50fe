using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Tells the test actor to unwatch; sent back when done.</summary>
internal sealed record UnwatchRequest(IActorRef Actor);
