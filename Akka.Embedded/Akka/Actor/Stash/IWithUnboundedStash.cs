namespace Akka.Actor;

/// <summary>An actor with a stash of unlimited capacity.</summary>
public interface IWithUnboundedStash : IWithStash;
