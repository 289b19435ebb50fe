namespace Akka.Actor;

/// <summary>Sent to an actor that got no message for the time it set.</summary>
public class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout()
    {
    }

    public static ReceiveTimeout Instance { get; } = new();
}
