using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Messages;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

/// <summary>What a XenStore device learns of disks, and asks of their rings.</summary>
public sealed class RingRoutingTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    [Fact]
    public void An_opened_and_a_closed_disk_are_announced()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DiskProtocol.Opened));
        Sys.EventStream.Subscribe(TestActor, typeof(DiskProtocol.Closed));
        Attach(2);
        Supervisor.Tell(new TapdiskRequest.Open(2, Raw()), TestActor);
        DiskProtocol.Opened opened = FishForMessage<DiskProtocol.Opened>(_ => true);
        Assert.Equal((2, "nbd4711.2", 2048ul), (opened.Minor, opened.Sockets.Single(), opened.Sectors));
        Supervisor.Tell(new TapdiskRequest.Close(2), TestActor);
        Assert.Equal(2, FishForMessage<DiskProtocol.Closed>(_ => true).Minor);
    }

    [Fact]
    public void A_resumed_disk_is_announced_again()
    {
        Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Sys.EventStream.Subscribe(TestActor, typeof(DiskProtocol.Opened));
        Supervisor.Tell(new TapdiskRequest.Resume(0, new TapdiskParams()), TestActor);
        Assert.Equal(0, FishForMessage<DiskProtocol.Opened>(_ => true).Minor);
    }

    [Fact]
    public void A_ring_of_a_disk_that_is_not_there_is_refused()
    {
        Supervisor.Tell(new DiskProtocol.ToRing(7, new RingProtocol.Connect(Frontend(), Adopt: false)), TestActor);
        Assert.Equal(Errno.ENODEV, ExpectMsg<RingProtocol.ConnectFailed>().Errno);
        Supervisor.Tell(new DiskProtocol.ToRing(7, new RingProtocol.Disconnect(5, 51712)), TestActor);
        Assert.False(ExpectMsg<RingProtocol.Disconnected>().WasConnected);
    }

    [Fact]
    public void A_ring_of_a_disk_that_is_not_open_is_refused()
    {
        Attach(0);
        Supervisor.Tell(new DiskProtocol.ToRing(0, new RingProtocol.Connect(Frontend(), Adopt: false)), TestActor);
        RingProtocol.ConnectFailed failed = ExpectMsg<RingProtocol.ConnectFailed>();
        Assert.Equal((5u, 51712u, Errno.ENODEV), (failed.DomId, failed.DevId, failed.Errno));
    }

    private static BlkifFrontend Frontend() => new(5, 51712, 3, [new BlkifRing([8], 9)], false, 0, 0, KeepsGrants: true);
}
