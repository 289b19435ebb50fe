using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Asks the test actor for a child of its own.</summary>
internal sealed record SpawnRequest(Props Props, string? Name);
