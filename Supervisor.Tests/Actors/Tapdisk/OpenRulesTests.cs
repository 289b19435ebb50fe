using Tapvisor.Actors.Tapdisk;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Tests.Actors.Tapdisk;

public sealed class OpenRulesTests
{
    private const string Name = "aio:/srv/a.img";
    private const TapdiskMessageFlags Encrypted = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED;

    [Fact]
    public void An_image_of_a_known_shape_may_be_opened()
    {
        Assert.Null(Rules(new DiskRecord { Minor = 3 }).WhyNotOpen(Open(new TapdiskParams { Path = Name })));
    }

    [Fact]
    public void Flags_that_nobody_serves_are_named()
    {
        const TapdiskMessageFlags Flags =
            TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_CACHE;
        Assert.Equal(
            new Refusal(
                Errno.EOPNOTSUPP, "'aio:/srv/a.img' cannot be opened with TAPDISK_MESSAGE_FLAG_ADD_CACHE: this service does not serve it."),
            Rules(new DiskRecord { Minor = 3 }).WhyNotOpen(Open(new TapdiskParams { Path = Name, Flags = Flags })));
    }

    [Fact]
    public void A_disk_is_not_stacked_on_itself_but_on_another()
    {
        OpenRules rules = Rules(new DiskRecord { Minor = 3 });
        Assert.Equal(
            new Refusal(Errno.EINVAL, "'aio:/srv/a.img' cannot be stacked on minor 3, which is itself."),
            rules.WhyNotOpen(Open(new TapdiskParams { Path = Name, ParentMinor = 3 })));
        Assert.Null(rules.WhyNotOpen(Open(new TapdiskParams { Path = Name, ParentMinor = 4 })));
    }

    [Fact]
    public void Without_any_name_nothing_can_be_resumed()
    {
        Assert.Equal(
            new Refusal(Errno.EINVAL, "Minor 3 has no image to resume: name one."),
            Rules(new DiskRecord { Minor = 3 }).WhyNotResume(Resume("")));
    }

    [Fact]
    public void A_name_in_resume_is_looked_at_in_place_of_the_disks()
    {
        OpenRules rules = Rules(new DiskRecord { Minor = 3, Name = Name });
        Assert.Null(rules.WhyNotResume(Resume("")));
        Assert.Equal(Errno.EINVAL, rules.WhyNotResume(Resume("nocolon"))!.Errno);
    }

    [Fact]
    public void A_key_out_of_reach_is_ENOKEY_for_resume_and_for_an_open_without_one()
    {
        OpenRules rules = Rules(new DiskRecord { Minor = 3, Name = Name, Flags = Encrypted });
        var expected = new Refusal(Errno.ENOKEY, $"Minor 3: {DiskKey.LostReason}.");
        Assert.Equal(expected, rules.WhyNotResume(Resume("")));
        Assert.Equal(expected, rules.WhyNotReopen(Open(new TapdiskParams { Path = Name })));
    }

    [Fact]
    public void An_open_that_brings_the_key_may_open_it_and_must_be_right_otherwise()
    {
        OpenRules rules = Rules(new DiskRecord { Minor = 3, Name = Name, Flags = Encrypted });
        using var key = new EncryptionKey(new byte[32]);
        Assert.Null(rules.WhyNotReopen(Open(new TapdiskParams { Path = Name }) with { Key = key }));
        Assert.Equal(Errno.EINVAL, rules.WhyNotReopen(Open(new TapdiskParams { Path = "nocolon" }) with { Key = key })!.Errno);
    }

    [Fact]
    public void A_lost_key_that_may_be_found_in_a_directory_is_no_obstacle()
    {
        OpenRules rules = Rules(new DiskRecord { Minor = 3, Name = Name, Flags = Encrypted }, findsKeys: true);
        Assert.Null(rules.WhyNotResume(Resume("")));
        Assert.Null(rules.WhyNotReopen(Open(new TapdiskParams { Path = Name })));
    }

    private static TapdiskRequest.Open Open(TapdiskParams parameters) => new(3, parameters);

    private static TapdiskRequest.Resume Resume(string path) => new(3, new TapdiskParams { Path = path });

    private static OpenRules Rules(DiskRecord record, bool findsKeys = false)
    {
        var host = new FakeDiskHost();
        host.FakeImage.FindsKeys = findsKeys;
        var entry = new DiskEntry(record, host, new MemoryStream());
        return new OpenRules(entry, new DiskKey(entry));
    }
}
