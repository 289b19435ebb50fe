using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>An actor is dead; sent to its parent and its watchers.</summary>
internal sealed record DeathWatchNotification(InternalActorRef Actor, bool ExistenceConfirmed) : SystemMessage;
