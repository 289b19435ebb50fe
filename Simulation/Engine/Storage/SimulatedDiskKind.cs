namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>What lies at a path of a simulated file system.</summary>
internal enum SimulatedDiskKind
{
    Regular,
    BlockDevice,
    CharacterDevice,
    Directory,
    Fifo,
}
