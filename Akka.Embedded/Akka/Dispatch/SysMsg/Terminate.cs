namespace Akka.Dispatch.SysMsg;

/// <summary>Stop the children, then the actor.</summary>
internal sealed record Terminate : SystemMessage
{
    public static readonly Terminate Instance = new();
}
