using Akka.Event;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Disks;

namespace Tapvisor.Tests.Actors.Tapdisk;

public sealed class StoredRecordTests
{
    private readonly FakeJournal _journal = new();
    private readonly StoredRecord _record;

    public StoredRecordTests()
    {
        var entry = new DiskEntry(new DiskRecord { Minor = 3 }, new FakeDiskHost(), new MemoryStream());
        _record = new StoredRecord(entry, _journal, NoLogger.Instance);
    }

    [Fact]
    public void A_change_is_in_the_journal_and_in_the_disk()
    {
        _record.Change(_record.Current with { Paused = true });
        Assert.True(_record.Current.Paused);
        Assert.Equal(_record.Current, _journal[3]);
    }

    [Fact]
    public void A_journal_that_fails_does_not_keep_the_disk_from_changing()
    {
        _journal.Fails = true;
        _record.Change(_record.Current with { Paused = true });
        Assert.True(_record.Current.Paused);
        Assert.Null(_journal[3]);
    }
}
