namespace Akka.Actor;

/// <summary>An <see cref="ActorSelection"/> resolved to nothing.</summary>
public class ActorNotFoundException : AkkaException
{
    public ActorNotFoundException()
    {
    }

    public ActorNotFoundException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
