using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>
/// Finds out from a shadow and the ring's indices what a dead process still owed its guest. Neither is believed: the guest can write
/// any index, a file can hold anything. What does not fit together is refused, and nothing is changed.
/// </summary>
internal static unsafe class ShadowRecovery
{
    /// <summary>Settles every record: what was answered, or never consumed, is freed; the rest is left for its answer.</summary>
    /// <param name="shadow">As the dead process left it.</param>
    /// <param name="size">Entries of the ring.</param>
    /// <param name="requestsProduced">req_prod, read once.</param>
    /// <param name="responsesProduced">rsp_prod, read once.</param>
    /// <param name="reached">Called before each store.</param>
    /// <returns>Slots of the unanswered requests, in the order in which the guest made them.</returns>
    /// <exception cref="BlockException">EINVAL: shadow and ring do not fit.</exception>
    internal static List<int> Recover(RingShadow shadow, int size, uint requestsProduced, uint responsesProduced, Action? reached)
    {
        uint consumed = shadow.Consumed;
        uint owed = consumed - responsesProduced;
        if (requestsProduced - responsesProduced > size || owed > requestsProduced - responsesProduced)
        {
            throw Wrong($"it stands at request {consumed}, the ring at request {requestsProduced} and response {responsesProduced}");
        }
        var unanswered = new List<int>(size);
        var free = new List<int>(size);
        var indices = new HashSet<uint>(size);
        for (int slot = 0; slot < size; slot++)
        {
            ShadowRecord* record = shadow.Record(slot);
            if (record->State == ShadowState.Free)
                continue;
            if (record->State is < ShadowState.Free or > ShadowState.Settled)
                throw Wrong($"its record {slot} has the state {record->State}");
            if (IsPast(record, consumed, responsesProduced, size))
            {
                free.Add(slot);
                continue;
            }
            if (!indices.Add(record->Index))
                throw Wrong($"it holds request {record->Index} twice");
            unanswered.Add(slot);
        }
        if (unanswered.Count != owed)
            throw Wrong($"it holds {unanswered.Count} requests, and the guest waits for {owed}");

        unanswered.Sort((a, b) => (consumed - shadow.Record(b)->Index).CompareTo(consumed - shadow.Record(a)->Index));
        CheckBarriers(shadow, unanswered);

        // One store each, and every one leads to a state that would be understood again: this process may die, too.
        foreach (int slot in free)
        {
            reached?.Invoke();
            Volatile.Write(ref shadow.Record(slot)->State, ShadowState.Free);
        }
        foreach (int slot in unanswered)
        {
            // An old response index must not be taken for a published one once rsp_prod has passed it.
            reached?.Invoke();
            if (shadow.Record(slot)->State == ShadowState.Answered)
                Volatile.Write(ref shadow.Record(slot)->State, ShadowState.Settled);
        }
        return unanswered;
    }

    /// <summary>Nothing is consumed behind a barrier before it is answered.</summary>
    private static void CheckBarriers(RingShadow shadow, List<int> unanswered)
    {
        foreach (int slot in unanswered.SkipLast(1))
        {
            ShadowRecord* record = shadow.Record(slot);
            if (record->State == ShadowState.Consumed && record->Request[BlkifLayout.Operation] == (byte)BlkifOp.BLKIF_OP_WRITE_BARRIER)
                throw Wrong($"it holds requests behind the barrier {record->Index}");
        }
    }

    private static bool IsPast(ShadowRecord* record, uint consumed, uint responsesProduced, int size)
    {
        // The process died between filling the record and counting it: the request still lies in the ring.
        if (record->State == ShadowState.Consumed && record->Index == consumed)
            return true;
        uint age = responsesProduced - record->ResponseIndex - 1;
        return record->State == ShadowState.Answered && age < size;
    }

    private static BlockException Wrong(string reason) =>
        new(BlockErrorKind.InvalidArgument, Errno.EINVAL, $"The ring's shadow is of no use: {reason}.");
}
