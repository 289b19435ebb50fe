namespace Akka.Actor;

/// <summary>A supervisor's answer to a child's failure.</summary>
public enum Directive
{
    /// <summary>Go on with the next message; the child keeps its state.</summary>
    Resume = 0,

    /// <summary>Replace the child by a new instance; it keeps its reference and mailbox.</summary>
    Restart = 1,

    /// <summary>Fail with the same exception.</summary>
    Escalate = 2,

    /// <summary>Stop the child for good.</summary>
    Stop = 3,
}
