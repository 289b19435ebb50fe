namespace Tapvisor.Simulation.Store;

/// <summary>A request is answered with an error.</summary>
internal sealed class StoreRefusal(int errno) : Exception
{
    internal int Errno { get; } = errno;
}
