namespace Akka.Actor;

/// <summary>A configured logger could not be found, created or initialised.</summary>
public class LoggerInitializationException : AkkaException
{
    public LoggerInitializationException()
    {
    }

    public LoggerInitializationException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
