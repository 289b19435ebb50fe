namespace Tapvisor.Disks;

/// <summary>Makes a disk's data plane when the disk is attached.</summary>
public interface IDiskHostFactory
{
    /// <summary>A host without an image, on the engine that has fewest disks.</summary>
    IDiskHost Create(int minor);
}
