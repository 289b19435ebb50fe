using Akka.Actor;
using Tapvisor.Actors.Tapdisk.Phases;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Actors.Tapdisk;

/// <summary>What LIST reports of each phase (upstream td_vbd_state).</summary>
public sealed class TapdiskPhaseTests
{
    private static readonly DiskRecord s_record = new() { Minor = 0, Name = "aio:/srv/a.img" };

    [Fact]
    public void A_disk_without_image_tells_whether_it_had_one()
    {
        Assert.Equal(VbdState.None, Attached.As(s_record).Wire);
        Assert.Equal(VbdState.TD_VBD_CLOSED, Attached.As(s_record with { WasClosed = true }).Wire);
    }

    [Fact]
    public void A_paused_disk_tells_whether_its_resume_failed()
    {
        Assert.Equal((VbdState)0x2a, Paused.As(s_record).Wire);
        Assert.Equal((VbdState)0x22a, Paused.As(s_record with { ResumeFailed = true }).Wire);
    }

    [Fact]
    public void A_disk_that_is_opened_or_resumed_shows_what_it_was_before()
    {
        Assert.Equal(VbdState.TD_VBD_CLOSED, new Opening(new Attached(WasClosed: true), ActorRefs.Nobody, s_record).Wire);
        Assert.Equal((VbdState)0x22a, new Resuming(new Paused(ResumeFailed: true), ActorRefs.Nobody, s_record, IsReopening: false).Wire);
    }

    [Fact]
    public void A_disk_that_is_closed_shows_the_request_besides_what_it_was_before()
    {
        var closing = new Closing(VbdState.TD_VBD_DEAD, ActorRefs.Nobody, ClosingCause.Close);
        Assert.Equal(VbdState.TD_VBD_DEAD | VbdState.TD_VBD_SHUTDOWN_REQUESTED, closing.Wire);
    }

    [Fact]
    public void A_recovering_disk_looks_like_a_running_one()
    {
        Assert.Equal((VbdState.None, VbdState.None), (new Running(TimeSpan.Zero).Wire, new Recovering().Wire));
    }

    [Theory]
    [InlineData(ClosingCause.Close, false)]
    [InlineData(ClosingCause.ForceShutdown, true)]
    [InlineData(ClosingCause.End, false)]
    internal void Only_force_shutdown_does_not_wait_for_requests(ClosingCause cause, bool isForced)
    {
        Assert.Equal(isForced, new Closing(VbdState.None, ActorRefs.Nobody, cause).IsForced);
    }
}
