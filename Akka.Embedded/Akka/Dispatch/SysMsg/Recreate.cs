namespace Akka.Dispatch.SysMsg;

/// <summary>Replace the actor by a new instance, because of a failure.</summary>
internal sealed record Recreate(Exception Cause) : SystemMessage;
