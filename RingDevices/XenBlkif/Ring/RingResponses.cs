using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>Writes responses into the shared ring and, once a pass, makes them visible.</summary>
internal sealed unsafe class RingResponses
{
    private readonly RingContext _ring;
    private readonly RingSlots _slots;
    private readonly RingEvents _events;
    private readonly Queue<BlkifSlot> _unpublished;
    private uint _produced;

    /// <param name="ring">Whose.</param>
    /// <param name="slots">Where answered requests go.</param>
    /// <param name="events">How the guest is notified.</param>
    /// <param name="produced">rsp_prod, as it was checked.</param>
    internal RingResponses(RingContext ring, RingSlots slots, RingEvents events, uint produced)
    {
        _ring = ring;
        _slots = slots;
        _events = events;
        _unpublished = new Queue<BlkifSlot>(ring.Pages.Size);
        _produced = produced;
        Published = produced;
    }

    /// <summary>rsp_prod.</summary>
    internal uint Published { get; private set; }

    /// <summary>The guest has not been shown all responses.</summary>
    internal bool AnyUnpublished => _unpublished.Count > 0;

    /// <summary>Writes a response; the guest sees it with the next <see cref="Publish"/>.</summary>
    internal void Write(BlkifSlot slot, BlkifStatus status)
    {
        ShadowRecord* record = slot.Record;
        record->Status = (short)status;
        record->ResponseIndex = _produced;
        _ring.Reached();
        Volatile.Write(ref record->State, ShadowState.Answered);
        _ring.Reached();
        _ring.Pages.WriteResponse(_produced, slot.Id, slot.RawOperation, status);
        _ring.Reached();
        _produced++;
        _unpublished.Enqueue(slot);
    }

    /// <summary>Makes the responses visible, notifies the guest if it wants that, and forgets the requests.</summary>
    internal void Publish()
    {
        if (_produced != Published)
        {
            uint old = Published;
            Published = _produced;
            _ring.Reached();
            _ring.Pages.ResponsesProduced = _produced;
            _ring.Reached();

            // The guest writes rsp_event and then looks at rsp_prod; we the other way round. Without a full fence both could miss.
            Interlocked.MemoryBarrier();
            uint wanted = _ring.Pages.ResponseEvent;
            _ring.Statistics.Indices.ResponseEvent = wanted;
            if (_produced - wanted < _produced - old)
                _events.Notify();
            _ring.Reached();
            Forget();
        }
        _ring.Statistics.Indices.ResponsesProduced = Published;
        _ring.Statistics.Indices.ResponsesPrivate = _produced;
    }

    private void Forget()
    {
        bool wasFull = !_slots.AnyFree;
        while (_unpublished.TryDequeue(out BlkifSlot? slot))
        {
            Volatile.Write(ref slot.Record->State, ShadowState.Free);
            _ring.Reached();
            _slots.GiveBack(slot);
        }

        // There was no room to take a request into, and the guest was not asked to tell of more.
        if (wasFull)
            _ring.Work.Open();
    }
}
