using Akka.Actor;
using Akka.TestKit;
using Tapvisor.Messages;
using Tapvisor.Messages.Actors;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

/// <summary>Guests' rings, by the messages of upstream's tapback and by those of the actor that watches XenStore.</summary>
public sealed class GuestTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    private static readonly TapdiskBlkif s_blkif = new()
    {
        DomId = 3,
        DevId = 51712,
        Grefs = GrantReferences.Of(8, 9, 10, 11),
        Order = 1,
        Proto = 2,
        Port = 17,
        PollDuration = 8000,
        PollIdleThreshold = 50,
    };

    private static readonly BlkifFrontend s_frontend = new(3, 51712, 3, [new BlkifRing([8], 17)], false, 0, 0, KeepsGrants: true);

    [Fact]
    public void Connect_hands_the_ring_over_as_the_message_says()
    {
        FakeDiskHost host = Open(5);
        Assert.Equal(5, Ask<TapdiskResponse.XenBlkifConnect>(new TapdiskRequest.XenBlkifConnect(5, s_blkif)).Cookie);
        BlkifFrontend guest = host.FakeRing.Guest!;
        Assert.Equal((3u, 51712u, 2u, false, 8000u, 50u, false), (
            guest.DomId, guest.DevId, guest.Protocol, guest.IsReadOnly, guest.PollDuration, guest.PollIdleThreshold, guest.KeepsGrants));
        BlkifRing ring = Assert.Single(guest.Rings);
        Assert.Equal([8u, 9u], ring.References);
        Assert.Equal(17u, ring.Port);
    }

    [Fact]
    public void A_refusal_reaches_the_client_with_errno_and_sentence()
    {
        FakeDiskHost host = Open(0);
        host.FakeRing.GuestRefusal = new BlockException(BlockErrorKind.Unsupported, Errno.EOPNOTSUPP, "There is no Xen here.");
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.XenBlkifConnect(0, s_blkif));
        Assert.Equal((Errno.EOPNOTSUPP, "There is no Xen here."), (error.Errno, error.Text));
    }

    [Theory]
    [InlineData(4u)]
    [InlineData(31u)]
    [InlineData(uint.MaxValue)]
    public void An_order_that_the_message_has_no_room_for_is_EINVAL(uint order)
    {
        FakeDiskHost host = Open(0);
        Assert.Equal(
            Errno.EINVAL, Ask<TapdiskResponse.Error>(new TapdiskRequest.XenBlkifConnect(0, s_blkif with { Order = order })).Errno);
        Assert.Null(host.FakeRing.Guest);
    }

    [Fact]
    public void A_disk_without_an_image_has_nothing_to_serve()
    {
        Attach(0);
        Assert.Equal(Errno.ENODEV, Ask<TapdiskResponse.Error>(new TapdiskRequest.XenBlkifConnect(0, s_blkif)).Errno);
    }

    [Fact]
    public void Who_does_not_know_the_disk_can_give_its_ring_back()
    {
        Open(0);
        FakeDiskHost host = Open(1);
        Ask<TapdiskResponse.XenBlkifConnect>(new TapdiskRequest.XenBlkifConnect(1, s_blkif));
        Supervisor.Tell(new DiskProtocol.ToRing(-1, new RingProtocol.Disconnect(3, 51712)), TestActor);
        Assert.True(ExpectMsg<RingProtocol.Disconnected>().WasConnected);
        Assert.Null(host.FakeRing.Guest);
        Supervisor.Tell(new DiskProtocol.ToRing(-1, new RingProtocol.Disconnect(3, 51712)), TestActor);
        Assert.False(ExpectMsg<RingProtocol.Disconnected>().WasConnected);
    }

    [Fact]
    public void Disconnect_finds_the_ring_by_domain_and_device_whatever_its_cookie()
    {
        Open(0);
        FakeDiskHost host = Open(1);
        Ask<TapdiskResponse.XenBlkifConnect>(new TapdiskRequest.XenBlkifConnect(1, s_blkif));
        Assert.Equal(Errno.ENODEV, Ask<TapdiskResponse.Error>(new TapdiskRequest.XenBlkifDisconnect(1, 4, 51712)).Errno);
        Ask<TapdiskResponse.XenBlkifDisconnect>(new TapdiskRequest.XenBlkifDisconnect(0, 3, 51712));
        Assert.Null(host.FakeRing.Guest);
        Assert.Equal(Errno.ENODEV, Ask<TapdiskResponse.Error>(new TapdiskRequest.XenBlkifDisconnect(0, 3, 51712)).Errno);
    }

    [Fact]
    public void Whoever_watches_xenstore_hears_what_the_disk_can_and_when_it_is_disconnected()
    {
        Open(0);
        ActorSelection ring = Sys.ActorSelection("/user/supervisor/tapdisk-0/ring");
        ring.Tell(new RingProtocol.Connect(s_frontend, Adopt: false), TestActor);
        RingProtocol.Connected connected = ExpectMsg<RingProtocol.Connected>();
        Assert.Equal((3u, 51712u, 2048UL), (connected.DomId, connected.DevId, connected.Features.Sectors));
        ring.Tell(new RingProtocol.Disconnect(3, 51712), TestActor);
        Assert.Equal(new RingProtocol.Disconnected(3, 51712, true), ExpectMsg<RingProtocol.Disconnected>());
        ring.Tell(new RingProtocol.Disconnect(3, 51712), TestActor);
        Assert.Equal(new RingProtocol.Disconnected(3, 51712, false), ExpectMsg<RingProtocol.Disconnected>());
    }

    [Fact]
    public void A_connection_that_fails_is_answered_with_its_reason()
    {
        FakeDiskHost host = Open(0);
        host.FakeRing.GuestRefusal = new BlockException(BlockErrorKind.Io, Errno.EINVAL, "The grants are bad.");
        Sys.ActorSelection("/user/supervisor/tapdisk-0/ring").Tell(new RingProtocol.Connect(s_frontend, Adopt: true), TestActor);
        Assert.Equal(
            new RingProtocol.ConnectFailed(3, 51712, Errno.EINVAL, "The grants are bad."), ExpectMsg<RingProtocol.ConnectFailed>());
    }

    [Fact]
    public void Close_disconnects_guests_before_the_image_is_closed()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.XenBlkifConnect>(new TapdiskRequest.XenBlkifConnect(0, s_blkif));
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Assert.Equal(["start", "release"], host.FakeRing.Calls);
        Assert.Null(host.FakeRing.Guest);
    }

    [Fact]
    public void Force_shutdown_has_guests_requests_taken_back()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.ForceShutdown(0));
        Assert.Equal(["start", "release by force"], host.FakeRing.Calls);
    }

    [Fact]
    public void A_resumed_disk_takes_over_what_a_dead_service_left_and_a_freshly_opened_one_does_not()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, Raw()));
        Assert.Equal(["start", "start, take over"], host.FakeRing.Calls);
    }
}
