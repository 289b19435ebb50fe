using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Metrics;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// One ring of a guest. Events and completions only wake it; all of its work is done in passes: answer what is done, take what is new,
/// with one system call for all the copies of each, and at the end publish and notify once. Its parts act, <see cref="RingFlow"/> moves
/// requests from one to the next. Engine's thread only.
/// </summary>
internal sealed class GuestRing
{
    private readonly RingContext _ring;
    private readonly GrantMapping _mapping;
    private readonly RingSlots _slots;
    private readonly RingEvents _events;
    private readonly RingIntake _intake;
    private readonly RingBarrier _barrier = new();
    private readonly RingBuffers _buffers;
    private readonly GrantKeeper? _keeper;
    private readonly RingCopies _copies;
    private readonly RingSubmissions _submissions;
    private readonly RingResponses _responses;
    private readonly RingFlow _flow;
    private readonly List<int> _inherited;
    private readonly IoGate _drained = new();
    private bool _tookOver;
    private bool _broken;

    /// <param name="ring">Whose ring it is, and what is in flight.</param>
    /// <param name="mapping">The ring's pages.</param>
    /// <param name="responsesProduced">rsp_prod, as it was checked.</param>
    /// <param name="inherited">What a dead process left, in order; empty otherwise.</param>
    internal GuestRing(RingContext ring, GrantMapping mapping, uint responsesProduced, List<int> inherited)
    {
        _ring = ring;
        _inherited = inherited;
        _mapping = mapping;
        _slots = new RingSlots(ring.Pages.Size, ring.Shadow);
        _events = new RingEvents(ring);
        _intake = new RingIntake(ring, _slots, _events);
        _buffers = new RingBuffers(ring);
        _keeper = ring.Device.Frontend.KeepsGrants ? new GrantKeeper(ring) : null;
        _copies = new RingCopies(ring, _keeper);
        _submissions = new RingSubmissions(ring, _slots);
        _responses = new RingResponses(ring, _slots, _events, responsesProduced);
        _flow = new RingFlow(ring, _barrier, _buffers, _copies, _submissions, _responses);
    }

    internal XenBlkifStatistics Statistics => _ring.Statistics;

    /// <summary>Requests consumed and neither answered nor given up.</summary>
    internal int InFlight => _flow.InFlight;

    // A broken ring owes answers that it cannot give; what counts is what may still be written.
    private bool IsDrained => _keeper is not { IsBusy: true }
        && (_broken ? _submissions.Count == 0 : InFlight == 0 && !_responses.AnyUnpublished);

    // For one more request.
    private bool HasRoom => !_barrier.IsUp && !_buffers.AnyStarved && _slots.AnyFree;

    /// <summary>Begins, with what a dead process left.</summary>
    /// <returns>How much that was.</returns>
    internal int Start()
    {
        _ring.Device.Gateway.Listen(_ring.Port, _events);
        _ = RunAsync();
        _ring.Work.Open();
        return _inherited.Count;
    }

    /// <summary>Takes no further request, and gives up those that wait for an image.</summary>
    internal void Stop()
    {
        _ring.IsStopping = true;
        _events.StopPolling();
        _submissions.Withdraw();
    }

    /// <summary>Waits until nothing of the ring is at the image, and the responses are published.</summary>
    internal async IoTask<int> DrainAsync()
    {
        while (!IsDrained)
            await _drained.WaitAsync();
        return 0;
    }

    /// <summary>Gives everything back, after <see cref="DrainAsync"/>.</summary>
    /// <param name="keepShadow">Another process will go on with what is not answered.</param>
    internal async IoTask<int> CloseAsync(bool keepShadow)
    {
        if (!keepShadow)
            await DeleteShadowAsync();
        _ring.HasEnded = true;
        _ring.Work.Open();
        if (_keeper is not null)
            await _keeper.CloseAsync();
        _ring.Scope.Revoke();
        await _ring.Scope.DrainAsync();
        _ring.Device.Gateway.Unbind(_ring.Port);
        foreach (BlkifSlot slot in _slots.All)
        {
            _buffers.TakeBack(slot);
            _submissions.TakeBack(slot);
        }
        await _ring.Device.Gateway.UnmapAsync(new IoScope(_ring.Engine, "ring pages"), _mapping);
        await _ring.Device.Shadows.CloseAsync(_ring.Shadow);
        _slots.Free();
        return 0;
    }

    private async IoTask<int> DeleteShadowAsync()
    {
        try
        {
            await _ring.Device.Shadows.DeleteAsync(_ring.Shadow);
        }
        catch (BlockException e)
        {
            // The guest waits for its memory, and gets it.
            _ring.Device.Log.ShadowStays(_ring.Device.Minor, e.Message);
        }
        return 0;
    }

    private async IoTask<int> RunAsync()
    {
        while (!_ring.HasEnded)
        {
            if (_events.IsPolling)
                await _ring.Engine.YieldAsync(_ring.Scope);
            else
                await _ring.Work.WaitAsync();
            if (_ring.HasEnded)
                break;
            if (!_broken)
                TryPass();
            if (IsDrained)
                _drained.Open();
        }
        return 0;
    }

    private void TryPass()
    {
        try
        {
            Pass();
        }
        catch (Exception e)
        {
            // The state of this ring is not to be trusted any more; other rings have their own. What is at the image ends there.
            _ring.Device.Log.InternalError(e, _ring.Device.Minor, _ring.DomId, _ring.DevId, _ring.Index);
            _broken = true;
            _copies.Forget();
            _events.StopPolling();
        }
    }

    private void Pass()
    {
        if (!_tookOver)
            TakeOver();
        while (_submissions.TryTakeDone(out BlkifSlot? slot))
            _flow.Finish(slot);
        while (_buffers.TryFeed(out BlkifSlot? slot))
            _flow.Advance(slot);
        _copies.Resume();
        RunCopies();
        int taken = Take();
        _keeper?.Start();
        LetBarrierGo();
        _responses.Publish();
        if (_intake.LeftSome)
            _ring.Work.Open();
        _events.AfterPass(taken);
    }

    /// <summary>Goes on with what a dead process had taken and not answered.</summary>
    private void TakeOver()
    {
        _tookOver = true;
        _slots.Claim(_inherited);
        foreach (int index in _inherited)
            _flow.Resume(_slots[index]);

        // Whoever was here before may have died between rsp_prod and the notification.
        if (_inherited.Count > 0 || _responses.Published != 0)
            _events.Notify();
    }

    /// <summary>Takes what the guest has written, and asks to be told of more.</summary>
    /// <returns>Requests taken.</returns>
    private int Take()
    {
        int taken = 0;
        _intake.Begin(_responses.Published);
        while (_ring.TakesRequests && HasRoom && _intake.Look())
        {
            for (; HasRoom && _intake.HasNext; taken++)
                _flow.Accept(_intake.Take());
            RunCopies();
        }
        _intake.Finish();
        return taken;
    }

    private void LetBarrierGo()
    {
        if (!_barrier.IsNext(InFlight, out BlkifSlot? barrier))
            return;
        if (_barrier.MayGo)
            _flow.Advance(barrier);
        else
            _flow.Stopped(barrier);
    }

    private void RunCopies()
    {
        while (_copies.TryRun())
        {
            while (_copies.TryTakeCopied(out BlkifSlot? slot))
                _flow.Copied(slot);
        }
    }
}
