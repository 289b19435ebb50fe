namespace Akka.Hosting;

/// <summary>A key is taken.</summary>
public sealed class DuplicateActorRegistryException(string message) : ActorRegistryException(message);
