using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>A child failed and waits, suspended, for its parent's decision.</summary>
internal sealed record Failed(InternalActorRef Child, Exception Cause) : SystemMessage;
