using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

public sealed class CloseTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    [Fact]
    public void Close_empties_the_image_then_answers_what_waits_then_lets_clients_go()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Assert.Equal(["close by force", "open", "close", $"fail {Errno.ESHUTDOWN}"], host.FakeImage.Calls);
        Assert.False(host.FakeFrontEnds.IsStarted);
        Assert.Equal(VbdState.TD_VBD_CLOSED, StateOf(0));
        Assert.Equal("", Table.List(0)[0].Path);
        Assert.Null(Journal[0]!.Name);
    }

    [Fact]
    public void A_close_ends_also_when_what_waits_cannot_be_answered()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.FailingFailure = new InvalidOperationException("boom");
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Assert.Equal(1, host.FakeImage.Calls.Count(call => call == $"fail {Errno.ESHUTDOWN}"));
        Assert.False(host.FakeFrontEnds.IsStarted);
    }

    [Fact]
    public void Force_shutdown_does_not_wait_for_requests_and_is_answered_by_close()
    {
        FakeDiskHost host = Open(0);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.ForceShutdown(0));
        Assert.Equal(2, host.FakeImage.Calls.Count(call => call == "close by force"));
    }

    [Fact]
    public void A_closed_disk_can_be_opened_again_and_closed_again()
    {
        Open(0);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void A_paused_disk_can_be_closed_and_is_not_paused_when_it_is_opened_again()
    {
        Open(0);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Assert.Equal(VbdState.TD_VBD_CLOSED, StateOf(0));
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void A_disk_that_was_never_opened_can_be_closed()
    {
        Attach(0);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Assert.Equal(VbdState.TD_VBD_CLOSED, StateOf(0));
    }
}
