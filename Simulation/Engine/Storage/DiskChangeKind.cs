namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>What a change does.</summary>
internal enum DiskChangeKind
{
    Write,
    Zero,
    SetLength,
}
