using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Blkif;
using Tapvisor.RingDevices.XenBlkif.Seam;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// When the guest is listened to: the port stays masked from an event until the ring has been looked through, and while polling; a
/// guest that raises events without making requests is heard at a bounded rate.
/// </summary>
internal sealed class RingEvents(RingContext ring) : IEventSink
{
    // A few empty events are normal: a request may be seen before its event comes.
    private const int MaxEmptyEvents = 64;
    private static readonly TimeSpan s_stormPause = TimeSpan.FromMilliseconds(1);

    private readonly long _pollDuration = ring.Device.Frontend.PollDuration * 1000L;
    private bool _raised;
    private bool _masked;
    private bool _throttled;
    private bool _stormReported;
    private int _emptyEvents;
    private long _pollUntil;

    /// <summary>The ring is looked at without events.</summary>
    internal bool IsPolling { get; private set; }

    /// <inheritdoc />
    void IEventSink.Raised()
    {
        ring.Statistics.KickedIn();
        _masked = true;
        _raised = true;
        ring.Work.Open();
    }

    /// <summary>Notifies the guest.</summary>
    internal void Notify()
    {
        ring.Statistics.KickedOut();
        _ = ring.Device.Gateway.Events.Notify(ring.Port);
    }

    /// <summary>A pass has looked through the ring: events may come again, or polling goes on.</summary>
    /// <param name="taken">Requests that it took.</param>
    internal void AfterPass(int taken)
    {
        bool raised = _raised;
        _raised = false;
        if (taken > 0)
            _emptyEvents = 0;
        else if (raised)
            _emptyEvents++;
        Poll(raised || taken > 0, taken);
        ring.Statistics.Indices.RequestEvent = ring.Pages.RequestEvent;
        if (!_masked || IsPolling || _throttled || !ring.TakesRequests)
            return;
        if (_emptyEvents >= MaxEmptyEvents)
            _ = UnmaskLaterAsync();
        else
            Unmask();
    }

    internal void StopPolling()
    {
        IsPolling = false;
        ring.Work.Open();
    }

    private void Unmask()
    {
        _masked = false;
        ring.Device.Gateway.Events.Unmask(ring.Port);
    }

    private async IoTask<int> UnmaskLaterAsync()
    {
        _throttled = true;
        if (!_stormReported)
            ring.Device.Log.EventStorm(ring.Device.Minor, ring.DomId, ring.DevId, ring.Index);
        _stormReported = true;
        bool ended = await ring.Scope.DelayAsync(s_stormPause) < 0;
        _throttled = false;
        if (!ended && !ring.HasEnded && _masked && !IsPolling)
            Unmask();
        return 0;
    }

    /// <summary>
    /// Polling begins with activity where the processors have time for it (upstream tapdisk_start_polling, with the threshold included),
    /// and ends when nothing came for the agreed time, after one more look with events asked for.
    /// </summary>
    private void Poll(bool active, int taken)
    {
        if (_pollDuration == 0 || !ring.TakesRequests)
            return;
        if (taken > 0 || (active && !IsPolling))
        {
            IsPolling = ring.Device.IdleCpu.Percent >= ring.Device.Frontend.PollIdleThreshold;
            _pollUntil = ring.Engine.Now + _pollDuration;
            if (!IsPolling)
                StopPolling();
        }
        else if (IsPolling && ring.Engine.Now >= _pollUntil)
        {
            StopPolling();
        }
    }
}
