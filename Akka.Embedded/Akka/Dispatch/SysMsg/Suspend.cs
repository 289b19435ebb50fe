namespace Akka.Dispatch.SysMsg;

/// <summary>Process no user messages until a Resume or Recreate.</summary>
internal sealed record Suspend : SystemMessage
{
    public static readonly Suspend Instance = new();
}
