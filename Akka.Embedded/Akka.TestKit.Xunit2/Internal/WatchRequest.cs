using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Tells the test actor to watch; sent back when done.</summary>
internal sealed record WatchRequest(IActorRef Actor);
