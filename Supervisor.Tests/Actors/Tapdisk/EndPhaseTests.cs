using Akka.Actor;
using Akka.TestKit;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.BlockIo;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.Tapdisk;

/// <summary>The end of the service, in every phase.</summary>
public sealed class EndPhaseTests(ITestOutputHelper output) : TapdiskSpec(output)
{
    [Theory]
    [InlineData("Running")]
    [InlineData("Recovering")]
    [InlineData("GivenUp")]
    [InlineData("Paused")]
    public async Task An_image_is_closed_and_its_guests_rings_are_handed_over(string phase)
    {
        await BringIntoAsync(phase);
        Disk.Tell(new DiskProtocol.End(), Client);
        await Client.ExpectMsgAsync<DiskProtocol.Ended>();
        Assert.Equal(VbdState.TD_VBD_CLOSED, StateOf(0));
        Assert.False(Host.FakeImage.IsOpen);
        Assert.Equal("hand over", Host.FakeFrontEnds.Calls[^1]);
        Assert.Equal("aio:/srv/a.img", Journal[0]!.Name);
    }

    [Fact]
    public async Task A_disk_without_image_has_ended_already_and_stays_attached()
    {
        Disk.Tell(new DiskProtocol.End(), Client);
        await Client.ExpectMsgAsync<DiskProtocol.Ended>();
        Assert.Equal(VbdState.None, StateOf(0));
        Disk.Tell(new TapdiskRequest.Open(0, Raw()), Client);
        await Client.ExpectMsgAsync<TapdiskResponse.Open>();
    }

    [Theory]
    [InlineData("Opening")]
    [InlineData("Pausing")]
    [InlineData("Resuming")]
    [InlineData("Closing")]
    public async Task It_waits_for_what_is_under_way(string phase)
    {
        await BringIntoAsync(phase);
        TestProbe supervisor = CreateTestProbe();
        Disk.Tell(new DiskProtocol.End(), supervisor);
        Disk.Tell(new RingProtocol.Disconnect(7, 7), supervisor);
        await supervisor.ExpectMsgAsync<RingProtocol.Disconnected>();
        Host.FakeImage.LetGo();
        Assert.IsNotType<TapdiskResponse.Error>(await Client.ExpectMsgAsync<TapdiskResponse>());
        await supervisor.ExpectMsgAsync<DiskProtocol.Ended>();
    }

    [Fact]
    public async Task A_disk_that_is_gone_has_no_ring_for_anybody()
    {
        await BringIntoAsync("Gone");
        Disk.Tell(new RingProtocol.Disconnect(7, 8), Client);
        Assert.Equal(new RingProtocol.Disconnected(7, 8, WasConnected: false), await Client.ExpectMsgAsync<RingProtocol.Disconnected>());
    }

    [Fact]
    public async Task An_image_that_turns_out_to_be_damaged_meanwhile_does_not_keep_the_service()
    {
        await BringIntoAsync("Running");
        Host.FakeFrontEnds.Hold();
        Disk.Tell(new DiskProtocol.End(), Client);
        Host.FakeImage.Fail(new BlockException(BlockErrorKind.CorruptImage, Errno.EIO, "damaged"));
        await Client.ExpectMsgAsync<DiskProtocol.Ended>();
    }
}
