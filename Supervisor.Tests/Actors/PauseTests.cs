using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

public sealed class PauseTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    private const VbdState Paused = (VbdState)0x2a;

    [Fact]
    public void Pause_closes_the_image_and_keeps_the_ring_and_the_name()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Assert.Equal(Paused, StateOf(0));
        Assert.False(host.FakeImage.IsOpen);
        Assert.True(host.FakeFrontEnds.IsStarted);
        Assert.Equal("aio:/srv/a.img", Table.List(0)[0].Path);
    }

    [Fact]
    public void The_state_is_0x14_while_requests_are_waited_for()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Hold();
        Supervisor.Tell(new TapdiskRequest.Pause(0), TestActor);
        AwaitCondition(() => (int)StateOf(0) == 0x14);
        host.FakeImage.LetGo();
        ExpectMsg<TapdiskResponse.Pause>();
    }

    [Fact]
    public void Pausing_twice_succeeds()
    {
        Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
    }

    [Fact]
    public void A_disk_that_is_not_open_can_be_paused_but_not_resumed()
    {
        Attach(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Assert.Equal(Paused, StateOf(0));
        Assert.Equal(Errno.EINVAL, Ask<TapdiskResponse.Error>(new TapdiskRequest.Resume(0, new TapdiskParams())).Errno);
    }

    [Fact]
    public void Resume_without_path_opens_the_same_image_with_the_same_flags()
    {
        FakeDiskHost host = Attach(0);
        Ask<TapdiskResponse.Open>(
            new TapdiskRequest.Open(0, Raw() with { Flags = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY, RequestTimeout = 9 }));
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal("aio:/srv/a.img", host.FakeImage.LastOpen!.Name);
        Assert.Equal(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY, host.FakeImage.LastOpen.Flags);
        Assert.Equal(TimeSpan.FromSeconds(9), host.FakeImage.LastOpen.RequestTimeout);
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void The_parent_minor_of_a_resume_means_nothing()
    {
        Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams { ParentMinor = 0 }));
    }

    [Fact]
    public void Resume_with_a_path_opens_that_one_from_then_on()
    {
        Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, Raw("aio:/srv/b.img")));
        Assert.Equal("aio:/srv/b.img", Table.List(0)[0].Path);
        Assert.Equal("aio:/srv/b.img", Journal[0]!.Name);
    }

    [Fact]
    public void A_disk_that_is_not_paused_is_not_resumed()
    {
        Open(0);
        Assert.Equal(Errno.EINVAL, Ask<TapdiskResponse.Error>(new TapdiskRequest.Resume(0, new TapdiskParams())).Errno);
    }

    [Fact]
    public void A_missing_image_fails_the_resume_at_once_and_the_old_one_can_be_resumed_afterwards()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        host.FakeImage.RefuseNext(Errno.ENOENT);
        Assert.Equal(Errno.ENOENT, Ask<TapdiskResponse.Error>(new TapdiskRequest.Resume(0, Raw("aio:/nonexistent"))).Errno);
        Assert.Equal((VbdState)0x22a, StateOf(0));
        Assert.Equal("aio:/srv/a.img", Table.List(0)[0].Path);
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void A_busy_storage_is_tried_ten_times_before_the_resume_fails()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        for (int i = 0; i < 10; i++)
            host.FakeImage.RefuseNext(Errno.EBUSY);
        Supervisor.Tell(new TapdiskRequest.Resume(0, new TapdiskParams()), TestActor);
        PassTimeUntil(() => HasMessages);
        Assert.Equal(Errno.EBUSY, ExpectMsg<TapdiskResponse.Error>().Errno);
        Assert.Equal(11, host.FakeImage.Calls.Count(call => call == "open"));
    }

    [Fact]
    public void The_guest_is_never_given_a_smaller_disk()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, Raw("aio:/srv/smaller.img")));
        Assert.Equal(1 << 20, host.FakeImage.LastOpen!.MinimumLength);
    }

    [Fact]
    public void Growth_is_noticed_on_resume()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        host.FakeImage.Info = new ImageInfo(2 << 20, 512, 1, false);
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal(4096UL, Ask<TapdiskResponse.DiskInfo>(new TapdiskRequest.DiskInfo(0)).Image.Sectors);
    }

    [Fact]
    public void A_driver_that_fails_while_it_is_being_paused_does_not_keep_the_pause_from_ending()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Hold();
        Supervisor.Tell(new TapdiskRequest.Pause(0), TestActor);
        AwaitCondition(() => host.FakeImage.Calls.Contains("close"));
        host.FakeImage.Fail(new InvalidOperationException("crash"));
        host.FakeImage.LetGo();
        ExpectMsg<TapdiskResponse.Pause>();
        Assert.Equal(Paused, StateOf(0));
    }
}
