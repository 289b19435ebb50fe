using Akka.Event;
using Tapvisor.Disks;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>A disk's record and its journal: stored before anybody is told, so that what was answered survives the service.</summary>
internal sealed class StoredRecord(DiskEntry entry, IDiskJournal journal, ILoggingAdapter log)
{
    internal DiskRecord Current => entry.Record;

    internal void Change(DiskRecord record)
    {
        entry.Record = record;
        try
        {
            journal.Save(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk serves its guest all the same: refusing that would be the greater harm.
            log.JournalFailed(entry.Minor, e);
        }
    }
}
