namespace Akka.Actor;

/// <summary>Why an actor waits for its children to die.</summary>
internal abstract record SuspendReason
{
    /// <summary>To be restarted.</summary>
    public sealed record Recreation(Exception Cause) : SuspendReason;

    /// <summary>To be created anew, after its creation failed.</summary>
    public sealed record Creation : SuspendReason;

    /// <summary>To stop.</summary>
    public sealed record Termination : SuspendReason;
}
