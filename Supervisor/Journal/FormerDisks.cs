using Tapvisor.Control;
using Tapvisor.Disks;

namespace Tapvisor.Supervisor.Journal;

/// <summary>
/// The disks of services that have died. One that was being brought back when its service died, too, is in the journals of both: what was
/// written last counts, and its clients know it by the names of each.
/// </summary>
internal sealed class FormerDisks : IDisposable
{
    private readonly List<DiskJournal> _journals;

    private FormerDisks(List<DiskJournal> journals, IReadOnlyList<FormerDisk> disks) => (_journals, Disks) = (journals, disks);

    /// <summary>Each of them once, by minor.</summary>
    internal IReadOnlyList<FormerDisk> Disks { get; }

    /// <summary>Takes all journals over whose services have died.</summary>
    /// <param name="directory">Where they are.</param>
    /// <param name="broken">Called for each record that cannot be read, with its path and the reason.</param>
    internal static FormerDisks TakeOver(ControlDirectory directory, Action<string, string> broken)
    {
        List<DiskJournal> journals = [.. DiskJournal.TakeOver(directory.Journals)];
        FormerDisk[] disks =
        [
            .. journals
                .SelectMany(journal => journal.Load(broken).Select(record => (Journal: journal, Record: record)))
                .GroupBy(stored => stored.Record.Minor)
                .OrderBy(same => same.Key)
                .Select(same => Merge(same.OrderByDescending(stored => stored.Journal.WrittenAt(stored.Record.Minor)), directory)),
        ];
        return new FormerDisks(journals, disks);
    }

    /// <summary>It is this service's now, and recorded by it.</summary>
    internal void Forget(int minor) => _journals.ForEach(journal => journal.Remove(minor));

    /// <summary>What was not forgotten stays, for a later service or for whoever wants to know what it was.</summary>
    public void Dispose()
    {
        foreach (DiskJournal journal in _journals)
        {
            using (journal)
            {
                if (journal.IsEmpty)
                    journal.Delete();
            }
        }
    }

    private static FormerDisk Merge(IEnumerable<(DiskJournal Journal, DiskRecord Record)> newestFirst, ControlDirectory directory)
    {
        (DiskJournal Journal, DiskRecord Record)[] all = [.. newestFirst];
        (DiskJournal newest, DiskRecord record) = all[0];

        // A service that has the pid of the dead one has its socket's name, too.
        IEnumerable<string> names = all.SelectMany(stored => stored.Journal.Pid == Environment.ProcessId
            ? stored.Record.Aliases
            : [.. stored.Record.Aliases, directory.NbdSocket(stored.Journal.Pid, record.Minor)]);
        return new FormerDisk(newest.Pid, record with { Aliases = [.. names.Distinct()] });
    }
}
