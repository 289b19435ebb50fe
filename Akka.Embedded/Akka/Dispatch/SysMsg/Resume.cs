namespace Akka.Dispatch.SysMsg;

/// <summary>Take back one Suspend or, if a cause is given, the suspension that the failure brought.</summary>
internal sealed record Resume(Exception? CausedByFailure) : SystemMessage;
