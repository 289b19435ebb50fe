using System.Diagnostics.CodeAnalysis;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// Keeps the order that a barrier asks for: it goes to the disk when everything before it is answered, and what comes after it is not
/// even taken before it is answered.
/// </summary>
internal sealed class RingBarrier
{
    private BlkifSlot? _barrier;
    private bool _gaveUp;

    /// <summary>A barrier is in flight: nothing behind it may be taken.</summary>
    internal bool IsUp => _barrier is not null;

    /// <summary>False if something was given up: that will be done later, if at all, and a barrier must not overtake it.</summary>
    internal bool MayGo => !_gaveUp;

    /// <summary>A request has come; perhaps it is a barrier.</summary>
    internal void Came(BlkifSlot slot)
    {
        if (slot.Operation == BlkifOp.BLKIF_OP_WRITE_BARRIER)
            _barrier = slot;
    }

    /// <summary>A request is answered or given up.</summary>
    internal void Left(BlkifSlot slot, bool isGivenUp = false)
    {
        _gaveUp |= isGivenUp;
        if (ReferenceEquals(slot, _barrier))
            _barrier = null;
    }

    /// <summary>A barrier waited for others, and they are gone.</summary>
    /// <param name="inFlight">Requests in flight, the barrier included.</param>
    /// <param name="barrier">Which.</param>
    internal bool IsNext(int inFlight, [NotNullWhen(true)] out BlkifSlot? barrier)
    {
        barrier = _barrier;
        return barrier is { Phase: SlotPhase.WaitingForOthers } && inFlight <= 1;
    }
}
