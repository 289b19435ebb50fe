using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// When the guest is listened to: the port stays masked from an event until the ring has been looked through, and while polling; a
/// guest that raises events without making requests is heard at a bounded rate.
/// </summary>
internal sealed partial class GuestRing
{
    // A few empty events are normal: a request may be seen before its event comes.
    private const int MaxEmptyEvents = 64;
    private static readonly TimeSpan s_stormPause = TimeSpan.FromMilliseconds(1);

    private bool _raised;
    private bool _masked;
    private bool _throttled;
    private bool _stormReported;
    private int _emptyEvents;
    private bool _polling;
    private long _pollUntil;

    private void AfterPass(int taken)
    {
        bool raised = _raised;
        _raised = false;
        if (taken > 0)
            _emptyEvents = 0;
        else if (raised)
            _emptyEvents++;
        Poll(raised || taken > 0, taken);
        Statistics.Indices.RequestEvent = _ring.RequestEvent;
        if (!_masked || _polling || _throttled || _halted || _stopping)
            return;
        if (_emptyEvents >= MaxEmptyEvents)
            _ = UnmaskLaterAsync();
        else
            Unmask();
    }

    private void Unmask()
    {
        _masked = false;
        _device.Gateway.Events.Unmask(_port);
    }

    private async IoTask<int> UnmaskLaterAsync()
    {
        _throttled = true;
        if (!_stormReported)
            _device.Log.EventStorm(_device.Minor, DomId, _device.Frontend.DevId, Index);
        _stormReported = true;
        bool ended = await _scope.DelayAsync(s_stormPause) < 0;
        _throttled = false;
        if (!ended && !_ended && _masked && !_polling)
            Unmask();
        return 0;
    }

    /// <summary>
    /// Polling begins with activity where the processors have time for it (upstream tapdisk_start_polling, with the threshold included),
    /// and ends when nothing came for the agreed time, after one more look with events asked for.
    /// </summary>
    private void Poll(bool active, int taken)
    {
        long duration = _device.Frontend.PollDuration * 1000L;
        if (duration == 0 || _halted || _stopping)
            return;
        if (taken > 0 || (active && !_polling))
        {
            _polling = _device.IdleCpu.Percent >= _device.Frontend.PollIdleThreshold;
            _pollUntil = Engine.Now + duration;
            if (!_polling)
                StopPolling();
        }
        else if (_polling && Engine.Now >= _pollUntil)
        {
            StopPolling();
        }
    }

    private void StopPolling()
    {
        _polling = false;
        _work.Open();
    }
}
