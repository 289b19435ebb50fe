namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A blocking call for a helper thread.</summary>
internal interface IHelperWork
{
    /// <summary>Makes the call and sends the outcome back to the engine; throws nothing.</summary>
    void Execute();
}
