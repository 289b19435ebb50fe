namespace Tapvisor.Messages;

/// <summary>The requests that an injected fault befalls.</summary>
public enum FaultOperation : uint
{
    Any = 0,
    Read = 1,
    Write = 2,
    Flush = 3,
}
