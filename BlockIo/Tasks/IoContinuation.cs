namespace Tapvisor.BlockIo.Tasks;

/// <summary>Something an engine's thread can go on with: a suspended coroutine, or a result to hand to one.</summary>
public abstract class IoContinuation
{
    /// <summary>The next one in the engine's ready queue; owned by that queue.</summary>
    internal IoContinuation? NextReady;

    /// <summary>Goes on. Called on the engine's thread only.</summary>
    internal abstract void Resume();
}
