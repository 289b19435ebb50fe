namespace Tapvisor.BlockIo.Engines.Simulated.Storage;

/// <summary>What a change does.</summary>
internal enum DiskChangeKind
{
    Write,
    Zero,
    SetLength,
}
