namespace Akka.TestKit;

/// <summary>Mutes events until it is disposed.</summary>
public interface IUnmutableFilter : IDisposable
{
    void Unmute();
}
