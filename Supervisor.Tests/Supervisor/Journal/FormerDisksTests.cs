using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Supervisor.Journal;

namespace Tapvisor.Tests.Supervisor.Journal;

/// <summary>What dead services leave, when one has died while it brought back what another had left.</summary>
public sealed class FormerDisksTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ControlDirectory _control;

    public FormerDisksTests()
    {
        _control = new ControlDirectory(_directory.Path);
        Directory.CreateDirectory(_control.Journals);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(7, 1000)]
    [InlineData(1000, 7)]
    [InlineData(9, 10)]
    public void Of_two_records_of_a_disk_the_last_counts_whatever_the_pids(int first, int second)
    {
        Write(first, new DiskRecord { Minor = 5, Name = "aio:/old" }, DateTime.UtcNow.AddSeconds(-1));
        Write(second, new DiskRecord { Minor = 5, Name = "aio:/new" }, DateTime.UtcNow);

        using FormerDisks former = TakeOver();
        FormerDisk disk = Assert.Single(former.Disks);
        Assert.Equal((second, "aio:/new"), (disk.Pid, disk.Record.Name));
    }

    [Fact]
    public void Its_clients_find_it_under_the_names_of_both()
    {
        Write(7, new DiskRecord { Minor = 5, Aliases = ["/a"] }, DateTime.UtcNow.AddSeconds(-1));
        Write(8, new DiskRecord { Minor = 5, Aliases = ["/a", "/b"] }, DateTime.UtcNow);
        using FormerDisks former = TakeOver();
        Assert.Equal(
            ["/a", "/b", _control.NbdSocket(7, 5), _control.NbdSocket(8, 5)],
            Assert.Single(former.Disks).Record.Aliases.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_was_brought_back_leaves_every_journal_and_the_rest_stays()
    {
        Write(7, new DiskRecord { Minor = 5 }, DateTime.UtcNow);
        Write(8, new DiskRecord { Minor = 5 }, DateTime.UtcNow);
        Write(8, new DiskRecord { Minor = 6 }, DateTime.UtcNow);
        using (FormerDisks former = TakeOver())
            former.Forget(5);
        using FormerDisks again = TakeOver();
        Assert.Equal(6, Assert.Single(again.Disks).Record.Minor);
        Assert.False(Directory.Exists(Path.Combine(_control.Journals, "7")));
    }

    private FormerDisks TakeOver() => FormerDisks.TakeOver(_control, (path, reason) => Assert.Fail($"{path}: {reason}"));

    /// <summary>As a service of an earlier version left it, which removed nothing elsewhere.</summary>
    private void Write(int pid, DiskRecord record, DateTime when)
    {
        string directory = Path.Combine(_control.Journals, $"{pid}");
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, $"{record.Minor}");
        File.WriteAllText(path, DiskJournal.Encode(record));
        File.SetLastWriteTimeUtc(path, when);
    }
}
