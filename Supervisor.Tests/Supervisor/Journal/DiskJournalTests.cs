using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Supervisor.Journal;
using Tapvisor.Tests.Supervisor.EndToEnd;

namespace Tapvisor.Tests.Supervisor.Journal;

public sealed class DiskJournalTests : IDisposable
{
    private static readonly DiskRecord s_record = new()
    {
        Minor = 5,
        Name = "aio:/srv/ä \"quoted\".img",
        Flags = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY,
        RequestTimeout = 30,
        ParentMinor = 0,
        Paused = true,
        Sectors = 1UL << 40,
        SectorSize = 512,
        Aliases = ["/run/blktap-control/nbd1.5"],
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_record_comes_back_as_it_was_saved()
    {
        DiskRecord loaded = Assert.Single(SaveAndLoad(s_record));
        Assert.Equal(s_record with { Aliases = [] }, loaded with { Aliases = [] });
        Assert.Equal(s_record.Aliases, loaded.Aliases);
    }

    [Fact]
    public void A_record_of_an_earlier_version_is_read()
    {
        const string Text = "f0ce8800\n{\"Minor\":5,\"Name\":\"aio:/srv/a.img\",\"Sectors\":2048,\"SectorSize\":512}";
        Assert.Equal("aio:/srv/a.img", DiskJournal.Decode(Text, 5).Name);
    }

    [Fact]
    public void Minor_0_is_a_minor_like_any_other()
    {
        Assert.Equal(0, Assert.Single(SaveAndLoad(new DiskRecord { Minor = 0 })).Minor);
    }

    [Fact]
    public void The_last_save_counts()
    {
        Assert.False(Assert.Single(SaveAndLoad(s_record, s_record with { Paused = false })).Paused);
    }

    [Fact]
    public void A_removed_record_is_gone()
    {
        using var journal = DiskJournal.Create(_directory.Path, 1);
        journal.Save(s_record);
        journal.Remove(5);
        Assert.True(journal.IsEmpty);
    }

    [Fact]
    public void A_record_torn_at_any_byte_costs_no_other()
    {
        string text = DiskJournal.Encode(s_record);
        using (var journal = DiskJournal.Create(_directory.Path, 1))
            journal.Save(s_record with { Minor = 6 });
        for (int length = 0; length < text.Length; length++)
        {
            File.WriteAllText(_directory.At("1/5"), text[..length]);
            var broken = new List<string>();
            using DiskJournal former = Assert.Single(DiskJournal.TakeOver(_directory.Path));
            Assert.Equal(6, Assert.Single(former.Load((path, _) => broken.Add(path))).Minor);
            Assert.Equal([_directory.At("1/5")], broken);
        }
    }

    [Fact]
    public void A_record_of_another_minor_is_refused()
    {
        FormatException error = Assert.Throws<FormatException>(() => DiskJournal.Decode(DiskJournal.Encode(s_record), 4));
        Assert.Contains("minor 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_half_written_replacement_leaves_the_old_record()
    {
        using (var journal = DiskJournal.Create(_directory.Path, 1))
            journal.Save(s_record);
        File.WriteAllText(_directory.At("1/5.new"), "half");
        using DiskJournal former = Assert.Single(DiskJournal.TakeOver(_directory.Path));
        Assert.Single(former.Load((_, _) => Assert.Fail("the record is sound")));
    }

    [Fact]
    public void The_journal_of_a_living_service_is_not_taken_over()
    {
        using var living = DiskJournal.Create(_directory.Path, 1);
        Assert.Empty(DiskJournal.TakeOver(_directory.Path));
    }

    [Fact]
    public void A_journal_that_was_taken_over_is_deleted_whole()
    {
        using (var journal = DiskJournal.Create(_directory.Path, 1))
            journal.Save(s_record);
        using (DiskJournal former = Assert.Single(DiskJournal.TakeOver(_directory.Path)))
        {
            Assert.Equal(1, former.Pid);
            former.Delete();
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void No_journal_at_all_is_no_error()
    {
        Assert.Empty(DiskJournal.TakeOver(_directory.At("nowhere")));
    }

    [Fact]
    public async Task A_record_that_is_no_file_costs_no_other()
    {
        using (var journal = DiskJournal.Create(_directory.Path, 1))
            journal.Save(s_record);
        await Tool.RunAsync("mkfifo", _directory.At("1/7"));
        File.CreateSymbolicLink(_directory.At("1/8"), "/dev/zero");
        await File.WriteAllBytesAsync(_directory.At("1/9"), new byte[(1 << 20) + 1]);

        using DiskJournal former = Assert.Single(DiskJournal.TakeOver(_directory.Path));
        List<string> broken = [];
        DiskRecord sound = Assert.Single(former.Load((path, _) => broken.Add(Path.GetFileName(path))));
        Assert.Equal(5, sound.Minor);
        Assert.Equal(["7", "8", "9"], broken);
    }

    [Fact]
    public void What_others_say_of_a_minor_goes_when_it_is_somebody_elses_disk()
    {
        using (var dead = DiskJournal.Create(_directory.Path, 1))
        {
            dead.Save(s_record);
            dead.Save(s_record with { Minor = 6 });
        }
        using var journal = DiskJournal.Create(_directory.Path, 2);
        journal.Save(new DiskRecord { Minor = 5 });
        Assert.False(File.Exists(_directory.At("1/5")));
        Assert.True(File.Exists(_directory.At("1/6")));
    }

    [Fact]
    public void The_journal_of_a_dead_service_of_the_same_pid_is_taken_over_like_any_other()
    {
        using (var dead = DiskJournal.Create(_directory.Path, 1))
            dead.Save(s_record);
        using var journal = DiskJournal.Create(_directory.Path, 1);
        using DiskJournal former = Assert.Single(DiskJournal.TakeOver(_directory.Path));
        Assert.Equal(1, former.Pid);
        Assert.Equal(5, Assert.Single(former.Load((_, _) => { })).Minor);
        Assert.True(journal.IsEmpty);
    }

    [Fact]
    public void A_journal_whose_directory_was_removed_forgets_without_a_word()
    {
        using var journal = DiskJournal.Create(_directory.Path, 1);
        journal.Save(s_record);
        Directory.Delete(_directory.At("1"), recursive: true);
        journal.Remove(5);
        Assert.True(journal.IsEmpty);
        journal.Delete();
    }

    private IReadOnlyList<DiskRecord> SaveAndLoad(params DiskRecord[] records)
    {
        using (var journal = DiskJournal.Create(_directory.Path, 1))
        {
            foreach (DiskRecord record in records)
                journal.Save(record);
        }
        using DiskJournal former = Assert.Single(DiskJournal.TakeOver(_directory.Path));
        return former.Load((path, reason) => Assert.Fail($"{path}: {reason}"));
    }
}
