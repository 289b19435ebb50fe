using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>Takes back a <see cref="Watch"/>.</summary>
internal sealed record Unwatch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;
