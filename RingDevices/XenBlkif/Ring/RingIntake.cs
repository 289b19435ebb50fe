using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Slots;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// Takes requests out of the shared ring: looks how far the guest has written, copies each request out once, into its shadow record,
/// and asks to be told of more.
/// </summary>
internal sealed unsafe class RingIntake
{
    // Looks at the ring again so often before others get their turn: a guest that is answered at once must not keep the engine.
    private const int MaxRounds = 4;

    private readonly RingContext _ring;
    private readonly RingSlots _slots;
    private readonly RingEvents _events;

    // How far the guest had written at the last look, how far we have taken it, and what is answered of it.
    private uint _produced;
    private uint _consumed;
    private uint _answered;
    private int _rounds;

    internal RingIntake(RingContext ring, RingSlots slots, RingEvents events)
    {
        _ring = ring;
        _slots = slots;
        _events = events;
        _consumed = ring.Shadow.Consumed;
    }

    /// <summary>More was there when the rounds of this pass were up.</summary>
    internal bool LeftSome { get; private set; }

    /// <summary>A pass begins to take requests.</summary>
    /// <param name="answered">rsp_prod as published: no guest can have more in flight than fit behind it.</param>
    internal void Begin(uint answered)
    {
        _answered = answered;
        _rounds = 0;
        LeftSome = false;
    }

    /// <summary>Looks how far the guest has written.</summary>
    /// <returns>There is something to <see cref="Take"/> in this round; if not, the guest is asked to tell of more.</returns>
    internal bool Look()
    {
        for (; ; _rounds++)
        {
            uint produced = _ring.Pages.RequestsProduced;
            _ring.Statistics.Indices.RequestsProduced = produced;
            if (produced - _answered > (uint)_ring.Pages.Size || produced - _consumed > (uint)_ring.Pages.Size)
            {
                Halt(produced - _answered);
                return false;
            }
            if (produced != _consumed)
            {
                _produced = produced;
                LeftSome = _rounds++ >= MaxRounds;
                return !LeftSome;
            }

            // While polling the guest need not tell: it is not asked to.
            if (_events.IsPolling)
                return false;
            _ring.Pages.RequestEvent = _consumed + 1;
            if (_ring.Pages.RequestsProduced == _consumed)
                return false;
        }
    }

    /// <summary>This round has one more.</summary>
    internal bool HasNext => _consumed != _produced;

    /// <summary>Takes the next request; there must be a free slot for it.</summary>
    internal BlkifSlot Take()
    {
        BlkifSlot slot = _slots.Take();
        ShadowRecord* record = slot.Record;
        _ring.Pages.CopyRequest(_consumed, record->Request);
        record->Index = _consumed;
        _ring.Reached();
        Volatile.Write(ref record->State, ShadowState.Consumed);
        _ring.Reached();
        _consumed++;
        _ring.Shadow.Consumed = _consumed;
        _ring.Reached();
        return slot;
    }

    /// <summary>A pass has taken what it could.</summary>
    internal void Finish() => _ring.Statistics.Indices.RequestsConsumed = _consumed;

    private void Halt(uint claimed)
    {
        _ring.IsHalted = true;
        _events.StopPolling();
        _ring.Device.Log.Halted(_ring.Device.Minor, _ring.DomId, _ring.DevId, _ring.Index, claimed, _ring.Pages.Size);
    }
}
