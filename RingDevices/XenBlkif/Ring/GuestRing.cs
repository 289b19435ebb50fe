using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.XenBlkif.Grants;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// One ring of a guest. Events and completions only wake it; all of its work is done in passes: answer what is done, take what is new,
/// with one system call for all the copies of each, and at the end publish and notify once. Engine's thread only.
/// <code>
///   req_prod ─take─▶ gate ─▶ list of segments? ─▶ buffer ─▶ copy in ─▶ queue ─▶ copy out ─▶ response ─publish─▶ rsp_prod
///                      └──────────── refused ──────────────────────────────────────────────▶ │
/// </code>
/// </summary>
internal sealed partial class GuestRing : IRequestOwner, IEventSink
{
    private readonly BlkifDevice _device;
    private readonly SharedRing _ring;
    private readonly RingShadow _shadow;
    private readonly unsafe BlkifSegment* _segments;
    private readonly BlkifSlot[] _slots;
    private readonly Stack<BlkifSlot> _free;
    private readonly IoScope _scope;
    private readonly uint _port;
    private readonly List<int> _inherited;
    private readonly IoGate _work = new();
    private readonly IoGate _drained = new();
    private uint _consumed;
    private int _inFlight;
    private int _atImage;
    private bool _tookOver;
    private bool _broken;
    private bool _ended;

    /// <param name="device">Whose ring it is.</param>
    /// <param name="queue">Which of its rings.</param>
    /// <param name="mapping">The ring's pages.</param>
    /// <param name="port">Its event channel, bound.</param>
    /// <param name="shadow">What is in flight.</param>
    /// <param name="responsesProduced">rsp_prod, as it was checked.</param>
    /// <param name="inherited">What a dead process left, in order; empty otherwise.</param>
    internal unsafe GuestRing(
        BlkifDevice device, int queue, GrantMapping mapping, uint port, RingShadow shadow, uint responsesProduced, List<int> inherited)
    {
        _device = device;
        _produced = responsesProduced;
        _published = responsesProduced;
        _consumed = shadow.Consumed;
        _inherited = inherited;
        _port = port;
        Index = queue;
        Mapping = mapping;
        _ring = new SharedRing(mapping.Address, mapping.Pages, device.Layout);
        _shadow = shadow;
        _scope = new IoScope(device.Queue.Engine, "blkif ring");
        int size = _ring.Size;

        // Mostly untouched, and so not resident: few requests are indirect or large.
        _segments = (BlkifSegment*)NativeMemory.AllocZeroed((nuint)size * BlkifLimits.MaxIndirectSegments, BlkifSegment.Size);
        _slots = new BlkifSlot[size];
        _free = new Stack<BlkifSlot>(size);
        _batched = new Queue<BlkifSlot>(size);
        _copied = new Queue<BlkifSlot>(size);
        _again = new Queue<BlkifSlot>(size);
        _starved = new Queue<BlkifSlot>(size);
        _done = new Queue<BlkifSlot>(size);
        _answered = new Queue<BlkifSlot>(size);
        _kept = device.Frontend.KeepsGrants ? new KeptGrants() : null;
        _unmapped = new Queue<BlkifSlot>(size);
        _mapped = new Queue<BlkifSlot>(size);
        for (int i = size - 1; i >= 0; i--)
        {
            _slots[i] = new BlkifSlot(i, shadow.Record(i), _segments + (i * BlkifLimits.MaxIndirectSegments));
            _free.Push(_slots[i]);
        }
        Statistics = new XenBlkifStatistics(device.Frontend.DomId, device.Frontend.DevId, queue, size);
    }

    internal int Index { get; }

    internal GrantMapping Mapping { get; }

    internal RingShadow Shadow => _shadow;

    internal XenBlkifStatistics Statistics { get; }

    /// <summary>Requests consumed and neither answered nor given up.</summary>
    internal int InFlight => _inFlight;

    /// <summary>The disk goes away from the guest: what waits for an image is not worth waiting for.</summary>
    public bool IsWithdrawn { get; private set; }

    // A broken ring owes answers that it cannot give; what counts is what may still be written.
    private bool IsDrained => !_mapping && (_broken ? _atImage == 0 : _inFlight == 0 && _answered.Count == 0);

    private IoEngine Engine => _device.Queue.Engine;

    private uint DomId => _device.Frontend.DomId;

    /// <summary>Begins, with what a dead process left.</summary>
    /// <returns>How much that was.</returns>
    internal int Start()
    {
        _device.Gateway.Listen(_port, this);
        _ = RunAsync();
        _work.Open();
        return _inherited.Count;
    }

    /// <summary>Takes no further request, and gives up those that wait for an image.</summary>
    internal void Stop()
    {
        _stopping = true;
        IsWithdrawn = true;
        StopPolling();
        _device.Queue.Withdraw(this);
        _work.Open();
    }

    /// <summary>Waits until nothing of the ring is at the image, and the responses are published.</summary>
    internal async IoTask<int> DrainAsync()
    {
        while (!IsDrained)
            await _drained.WaitAsync();
        return 0;
    }

    /// <summary>Gives everything back, after <see cref="DrainAsync"/>.</summary>
    internal async IoTask<int> CloseAsync()
    {
        _ended = true;
        _work.Open();
        if (_kept is not null)
            await UnmapAsync(_kept.TakeAll());
        _scope.Revoke();
        await _scope.DrainAsync();
        _device.Gateway.Unbind(_port);
        foreach (BlkifSlot slot in _slots)
        {
            ReturnBuffer(slot);
            if (slot.Request is { } request)
                _device.Queue.Return(request);
        }
        _device.Gateway.Grants.Unmap(Mapping);
        Free();
        return 0;
    }

    /// <inheritdoc />
    void IEventSink.Raised()
    {
        Statistics.KickedIn();
        _masked = true;
        _raised = true;
        _work.Open();
    }

    /// <inheritdoc />
    void IRequestOwner.Completed(BlockRequest request)
    {
        _atImage--;
        _done.Enqueue(_slots[(int)request.Tag]);
        _work.Open();
    }

    private async IoTask<int> RunAsync()
    {
        while (!_ended)
        {
            if (_polling)
                await Engine.YieldAsync(_scope);
            else
                await _work.WaitAsync();
            if (_ended)
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
            _device.Log.InternalError(e, _device.Minor, DomId, _device.Frontend.DevId, Index);
            _broken = true;
            Copier.Forget();
            StopPolling();
        }
    }

    private void Pass()
    {
        if (!_tookOver)
            TakeOver();
        while (_done.TryDequeue(out BlkifSlot? slot))
            Finish(slot);
        FeedStarved();
        CopyAgain();
        CopyMapped();
        RunCopies();
        int taken = Consume();
        StartMapping();
        StartBarrier();
        Publish();
        if (_consumingStopped)
            _work.Open();
        AfterPass(taken);
    }

    private void TakeOver()
    {
        _tookOver = true;
        Replay(_inherited);

        // Whoever was here before may have died between rsp_prod and the notification.
        if (_inherited.Count > 0 || _published != 0)
            Notify();
    }

    private unsafe void Free()
    {
        _shadow.Dispose();
        NativeMemory.Free(_segments);
    }

    private void Reached() => _device.Options.BeforeStore?.Invoke();
}
