using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>Tell the watcher when the watchee dies.</summary>
internal sealed record Watch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;
