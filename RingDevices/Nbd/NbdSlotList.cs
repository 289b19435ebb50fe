namespace Tapvisor.RingDevices.Nbd;

/// <summary>Slots in the order they came, linked through themselves; a slot is in one list at a time.</summary>
internal sealed class NbdSlotList
{
    private NbdSlot? _first;
    private NbdSlot? _last;

    internal bool IsEmpty => _first is null;

    internal void Add(NbdSlot slot)
    {
        slot.Next = null;
        if (_last is null)
            _first = slot;
        else
            _last.Next = slot;
        _last = slot;
    }

    internal NbdSlot? Take()
    {
        NbdSlot? slot = _first;
        if (slot is null)
            return null;
        _first = slot.Next;
        if (_first is null)
            _last = null;
        slot.Next = null;
        return slot;
    }
}
