namespace Akka.Dispatch.SysMsg;

/// <summary>Create the actor and run its PreStart.</summary>
internal sealed record Create : SystemMessage
{
    public static readonly Create Instance = new();
}
