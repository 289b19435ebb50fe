namespace Tapvisor.Messages;

/// <summary>One message of the control socket, with what follows it on the wire.</summary>
/// <param name="Cookie">The minor that a request is about; its answer repeats it. There is no request number.</param>
public abstract record TapdiskMessage(ushort Cookie)
{
    public abstract TapdiskMessageType Type { get; }
}
