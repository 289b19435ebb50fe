namespace Tapvisor.Disks;

/// <summary>Keeps what must survive the service: one record a disk.</summary>
public interface IDiskJournal
{
    /// <summary>Stores a record, replacing the disk's former one; either the old or the new is there whenever the service dies.</summary>
    void Save(DiskRecord record);

    /// <summary>Forgets a disk.</summary>
    void Remove(int minor);
}
