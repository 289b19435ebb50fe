namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>What a guest's request waits for. <see cref="SlotPhases"/> says who acts in each and what becomes of it there.</summary>
internal enum SlotPhase : byte
{
    /// <summary>It was taken from the ring and is understood.</summary>
    Taken,

    /// <summary>Its list of segments is copied from the guest.</summary>
    CopyingSegments,

    /// <summary>A buffer is to become free.</summary>
    WaitingForBuffer,

    /// <summary>The data to write is copied from the guest.</summary>
    CopyingIn,

    /// <summary>A barrier: everything before it is to be answered.</summary>
    WaitingForOthers,

    /// <summary>What was written before is made stable.</summary>
    Flushing,

    /// <summary>Its data is read.</summary>
    Reading,

    /// <summary>Its data is written.</summary>
    Writing,

    /// <summary>Its sectors are discarded.</summary>
    Discarding,

    /// <summary>What a barrier wrote is made stable.</summary>
    FlushingAfter,

    /// <summary>The data read is copied to the guest.</summary>
    CopyingOut,

    /// <summary>Its response is written, and the guest is about to see it.</summary>
    Answered,
}
