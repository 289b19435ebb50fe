using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

public sealed class OpenDiskTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    [Fact]
    public void Open_tells_the_size_and_starts_the_ring()
    {
        FakeDiskHost host = Attach(0);
        host.FakeImage.Info = new ImageInfo(8192 * 4096L, 4096, 1, false);
        TapdiskResponse.Open opened = Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
        Assert.Equal(new TapdiskImage(8192, 4096, 0), opened.Image);
        Assert.True(host.FakeFrontEnds.IsStarted);
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void Disk_info_is_that_of_the_last_open_and_survives_a_pause()
    {
        Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Assert.Equal(new TapdiskImage(2048, 512, 0), Ask<TapdiskResponse.DiskInfo>(new TapdiskRequest.DiskInfo(0)).Image);
    }

    [Fact]
    public void A_refused_image_leaves_the_disk_attached_and_the_reason_reaches_the_client()
    {
        FakeDiskHost host = Attach(0);
        host.FakeImage.RefuseNext(Errno.ENOENT, BlockErrorKind.NotFound);
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(0, Raw()));
        Assert.Equal((Errno.ENOENT, "refused with 2"), (error.Errno, error.Text));
        Assert.False(host.FakeFrontEnds.IsStarted);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
    }

    [Fact]
    public void A_ring_that_cannot_start_closes_the_image_again()
    {
        FakeDiskHost host = Attach(0);
        host.FakeFrontEnds.Refusal = new BlockException(BlockErrorKind.Io, Errno.EADDRINUSE, "no socket");
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(0, Raw()));
        Assert.Equal(Errno.EADDRINUSE, error.Errno);
        Assert.False(host.FakeImage.IsOpen);
        Assert.Null(Journal[0]!.Name);
    }

    [Fact]
    public void An_open_disk_is_not_opened_again()
    {
        Open(0);
        Assert.Equal(Errno.EALREADY, Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(0, Raw())).Errno);
    }

    [Theory]
    [InlineData("nocolon", Errno.EINVAL)]
    [InlineData("a-type-name-of-more-than-thirty-one-characters:/x", Errno.ENAMETOOLONG)]
    public void A_name_that_cannot_be_split_is_refused(string name, int errno)
    {
        Attach(0);
        Assert.Equal(errno, Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(0, Raw(name))).Errno);
    }

    [Theory]
    [InlineData(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_SECONDARY)]
    [InlineData(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LCACHE)]
    [InlineData(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_STANDBY)]
    [InlineData(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LOG)]
    public void What_is_not_served_is_refused_and_named(TapdiskMessageFlags flag)
    {
        Attach(0);
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(0, Raw() with { Flags = flag }));
        Assert.Equal(Errno.EOPNOTSUPP, error.Errno);
        Assert.Contains(flag.ToString(), error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_minor_of_the_parent_stays_with_the_disk()
    {
        FakeDiskHost host = Attach(1);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(1, Raw() with { ParentMinor = 0 }));
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(1));
        Assert.Equal(0, Journal[1]!.ParentMinor);
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(1, new TapdiskParams { ParentMinor = 7 }));
        Assert.Equal(0, host.FakeImage.LastOpen!.ParentMinor);
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        int opened = host.FakeImage.Calls.Count(call => call == "open");
        PassTimeUntil(() => host.FakeImage.Calls.Count(call => call == "open") > opened);
        Assert.Equal(0, host.FakeImage.LastOpen!.ParentMinor);
    }

    [Fact]
    public void Another_image_of_the_disk_has_the_parent_that_it_names_itself()
    {
        FakeDiskHost host = Attach(1);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(1, Raw() with { ParentMinor = 0 }));
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(1));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(1, Raw("aio:/srv/snapshot.img")));
        Assert.Null(host.FakeImage.LastOpen!.ParentMinor);
        Assert.Null(Journal[1]!.ParentMinor);
    }

    [Fact]
    public void A_disk_is_not_its_own_parent()
    {
        Attach(1);
        Assert.Equal(Errno.EINVAL, Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(1, Raw() with { ParentMinor = 1 })).Errno);
    }

    [Fact]
    public void The_journal_knows_the_disk_before_the_client_hears_that_it_is_open()
    {
        Attach(0);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw() with { RequestTimeout = 7 }));
        Assert.Equal(("aio:/srv/a.img", 7, false), (Journal[0]!.Name, Journal[0]!.RequestTimeout, Journal[0]!.Paused));
    }

    [Fact]
    public void A_journal_that_fails_does_not_keep_a_guest_from_its_disk()
    {
        Attach(0);
        Journal.Fails = true;
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
    }

    [Fact]
    public void The_request_timeout_of_open_counts()
    {
        FakeDiskHost host = Attach(0);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw() with { RequestTimeout = 7 }));
        Assert.Equal(TimeSpan.FromSeconds(7), host.FakeImage.LastOpen!.RequestTimeout);
    }

    [Fact]
    public void Stats_and_list_are_answered_while_an_image_is_being_opened()
    {
        FakeDiskHost host = Attach(0);
        host.FakeImage.Hold();
        Supervisor.Tell(new TapdiskRequest.Open(0, Raw()), TestActor);
        Ask<TapdiskResponse.Stats>(new TapdiskRequest.Stats(0));
        Ask<TapdiskResponse.Pid>(new TapdiskRequest.Pid());
        host.FakeImage.LetGo();
        ExpectMsg<TapdiskResponse.Open>();
    }

    [Fact]
    public void A_slow_disk_delays_no_other()
    {
        FakeDiskHost slow = Attach(0);
        Attach(1);
        slow.FakeImage.Hold();
        Supervisor.Tell(new TapdiskRequest.Open(0, Raw()), TestActor);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(1, Raw()));
        slow.FakeImage.LetGo();
        Assert.Equal(0, ExpectMsg<TapdiskResponse.Open>().Cookie);
    }

    [Fact]
    public void Requests_for_a_busy_disk_are_answered_in_turn()
    {
        FakeDiskHost host = Attach(0);
        host.FakeImage.Hold();
        Supervisor.Tell(new TapdiskRequest.Open(0, Raw()), TestActor);
        Supervisor.Tell(new TapdiskRequest.Pause(0), TestActor);
        Supervisor.Tell(new TapdiskRequest.Close(0), TestActor);
        host.FakeImage.LetGo();
        ExpectMsg<TapdiskResponse.Open>();
        ExpectMsg<TapdiskResponse.Pause>();
        ExpectMsg<TapdiskResponse.Close>();
    }
}
