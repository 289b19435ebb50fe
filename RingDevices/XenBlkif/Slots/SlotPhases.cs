using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;
using static Tapvisor.RingDevices.XenBlkif.Slots.SlotFate;
using static Tapvisor.RingDevices.XenBlkif.Slots.SlotPhase;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>
/// The life of a guest's request. The rules say of each phase who acts, and what failing, stopping and the process's death mean there;
/// the routes say which phases a kind of request goes through. <see cref="Ring.RingFlow"/> follows them.
/// </summary>
internal static class SlotPhases
{
    private static readonly SlotPhaseRule[] s_rules =
    [
        //  phase             who acts               asks the disk for        fails      ring stops  process dies: a successor begins with
        new(Taken,            SlotHolder.Gate,       null,                    IsRefused, GoesOn,     OnAdoption: Taken),
        new(CopyingSegments,  SlotHolder.Copies,     null,                    IsRefused, GoesOn,     OnAdoption: Taken),
        new(WaitingForBuffer, SlotHolder.Buffers,    null,                    Never,     GoesOn,     OnAdoption: Taken),
        new(CopyingIn,        SlotHolder.Copies,     null,                    IsRefused, GoesOn,     OnAdoption: Taken),
        new(WaitingForOthers, SlotHolder.Barrier,    null,                    Never,     IsGivenUp,  OnAdoption: Taken),
        new(Flushing,         SlotHolder.Disk,       BlockOperation.Flush,    Fails,     IsGivenUp,  OnAdoption: Taken),
        new(Reading,          SlotHolder.Disk,       BlockOperation.Read,     Fails,     IsGivenUp,  OnAdoption: Taken),
        new(Writing,          SlotHolder.Disk,       BlockOperation.Write,    Fails,     IsGivenUp,  OnAdoption: Taken),
        new(Discarding,       SlotHolder.Disk,       BlockOperation.Discard,  Fails,     IsGivenUp,  OnAdoption: Taken),
        new(FlushingAfter,    SlotHolder.Disk,       BlockOperation.Flush,    Fails,     IsGivenUp,  OnAdoption: Taken),
        new(CopyingOut,       SlotHolder.Copies,     null,                    IsRefused, GoesOn,     OnAdoption: Taken),
        new(Answered,         SlotHolder.Responses,  null,                    Never,     GoesOn,     OnAdoption: Answered),
    ];

    // The steps of all routes, one behind the other: a request goes on by adding one.
    private static readonly List<SlotStep> s_list = [];

    private static readonly SlotRoute s_read = Route(WaitingForBuffer, Reading, CopyingOut);
    private static readonly SlotRoute s_indirectRead = Route(CopyingSegments, WaitingForBuffer, Reading, CopyingOut);
    private static readonly SlotRoute s_write = Route(WaitingForBuffer, CopyingIn, Writing);
    private static readonly SlotRoute s_indirectWrite = Route(CopyingSegments, WaitingForBuffer, CopyingIn, Writing);
    private static readonly SlotRoute s_discard = Route(Discarding);
    private static readonly SlotRoute s_flush = Route(Flushing);
    private static readonly SlotRoute s_flushAndWrite = Route(WaitingForBuffer, CopyingIn, Flushing, Writing);
    private static readonly SlotRoute s_barrier = Route(WaitingForOthers, Flushing);
    private static readonly SlotRoute s_barrierWrite =
        Route(WaitingForBuffer, CopyingIn, WaitingForOthers, Flushing, Writing, FlushingAfter);

    private static readonly SlotStep[] s_steps = [.. s_list];

    /// <summary>All rules, in the order of their phases.</summary>
    internal static IReadOnlyList<SlotPhaseRule> Rules => s_rules;

    /// <summary>All routes.</summary>
    internal static IReadOnlyList<SlotRoute> Routes { get; } =
        [s_read, s_indirectRead, s_write, s_indirectWrite, s_discard, s_flush, s_flushAndWrite, s_barrier, s_barrierWrite];

    internal static SlotPhaseRule Of(SlotPhase phase) => s_rules[(int)phase];

    /// <summary>A step of a route.</summary>
    internal static ref readonly SlotStep Step(int index) => ref s_steps[index];

    /// <summary>The route of a request that passed the gate.</summary>
    internal static SlotRoute RouteOf(BlkifSlot slot) => slot.Operation switch
    {
        BlkifOp.BLKIF_OP_READ => slot.IsIndirect ? s_indirectRead : s_read,
        BlkifOp.BLKIF_OP_WRITE => slot.IsIndirect ? s_indirectWrite : s_write,
        BlkifOp.BLKIF_OP_DISCARD => s_discard,
        BlkifOp.BLKIF_OP_FLUSH_DISKCACHE => slot.MovesData ? s_flushAndWrite : s_flush,
        BlkifOp.BLKIF_OP_WRITE_BARRIER => slot.MovesData ? s_barrierWrite : s_barrier,
        _ => throw new InvalidOperationException($"The gate let the operation {slot.Operation} through."),
    };

    /// <summary>
    /// Where a successor begins with a request that a dead process had taken; its record does not tell the phases before the response
    /// from each other.
    /// </summary>
    /// <param name="record">What the record says after <see cref="ShadowRecovery"/>: one of <see cref="ShadowState"/>.</param>
    internal static SlotPhase BeginningOf(int record) => Of(record == ShadowState.Settled ? Answered : Taken).OnAdoption;

    private static SlotRoute Route(params SlotPhase[] between)
    {
        var route = new SlotRoute(s_list.Count, [Taken, .. between, Answered]);
        foreach (SlotPhase phase in route.Phases)
            s_list.Add(new SlotStep(phase, Of(phase).Holder, Of(phase).Operation.GetValueOrDefault()));
        return route;
    }
}
