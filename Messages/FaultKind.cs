namespace Tapvisor.Messages;

/// <summary>What TAPVISOR_MESSAGE_INJECT does to a request.</summary>
public enum FaultKind : uint
{
    /// <summary>
    /// Nothing more: forgets what was injected before; a request that hangs already stays so until its driver is restarted.
    /// </summary>
    Clear = 0,

    /// <summary>The image driver throws.</summary>
    Crash = 1,

    /// <summary>The request fails with an errno.</summary>
    Error = 2,

    /// <summary>The request does not come back.</summary>
    Hang = 3,

    /// <summary>The request waits first.</summary>
    Delay = 4,
}
