using Tapvisor.Actors.Tapdisk;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Actors.Tapdisk;

public sealed class DiskKeyTests
{
    [Fact]
    public void A_disk_that_was_opened_with_a_key_and_has_none_has_lost_it()
    {
        var key = new DiskKey(Encrypted());
        Assert.True(key.IsLost);
        Assert.True(key.IsOutOfReach);
    }

    [Fact]
    public void A_key_directory_brings_it_within_reach()
    {
        var key = new DiskKey(Encrypted(findsKeys: true));
        Assert.True(key.IsLost);
        Assert.False(key.IsOutOfReach);
    }

    [Fact]
    public void A_disk_without_image_or_without_encryption_has_lost_nothing()
    {
        DiskEntry entry = Encrypted();
        var key = new DiskKey(entry);
        DiskRecord encrypted = entry.Record;
        entry.Record = encrypted with { Name = null };
        Assert.False(key.IsLost);
        entry.Record = encrypted with { Flags = TapdiskMessageFlags.None };
        Assert.False(key.IsLost);
    }

    [Fact]
    public void It_is_the_disks_own_copy_until_it_is_erased()
    {
        DiskEntry entry = Encrypted();
        var key = new DiskKey(entry);
        var message = new EncryptionKey([.. Enumerable.Repeat((byte)9, 32)]);
        key.Take(message);
        message.Dispose();
        EncryptionKey taken = entry.Key!;
        Assert.Equal(9, taken.Bytes[31]);
        Assert.False(key.IsLost);
        key.Erase();
        Assert.Throws<ObjectDisposedException>(() => taken.Bytes.Length);
        Assert.True(key.IsAbsent);
    }

    private static DiskEntry Encrypted(bool findsKeys = false)
    {
        var host = new FakeDiskHost();
        host.FakeImage.FindsKeys = findsKeys;
        var record = new DiskRecord
        {
            Minor = 0,
            Name = "aio:/srv/a.img",
            Flags = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED,
        };
        return new DiskEntry(record, host, new MemoryStream());
    }
}
