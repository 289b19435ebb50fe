namespace Akka.Hosting;

/// <summary>The registry cannot do what was asked.</summary>
public class ActorRegistryException : Exception
{
    public ActorRegistryException(string message) : base(message)
    {
    }

    public ActorRegistryException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
