using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>An action that another thread posted.</summary>
internal sealed class PostedAction(Action action, Action<Exception>? unhandled) : IoContinuation
{
    internal override void Resume()
    {
        try
        {
            action();
        }
        catch (Exception e) when (unhandled is not null)
        {
            unhandled(e);
        }
    }
}
