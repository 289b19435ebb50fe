namespace Akka.Hosting;

/// <summary>Nothing is registered under a key.</summary>
public sealed class MissingActorRegistryEntryException(string message) : ActorRegistryException(message);
