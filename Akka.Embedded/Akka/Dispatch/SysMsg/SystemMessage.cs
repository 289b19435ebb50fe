namespace Akka.Dispatch.SysMsg;

/// <summary>A message of the runtime itself; it overtakes all user messages.</summary>
internal abstract record SystemMessage;
