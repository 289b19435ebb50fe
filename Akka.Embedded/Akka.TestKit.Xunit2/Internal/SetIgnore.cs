namespace Akka.TestKit.Internal;

/// <summary>Tells the test actor what to drop.</summary>
internal sealed record SetIgnore(Func<object, bool> Ignore) : Actor.INotInfluenceReceiveTimeout;
