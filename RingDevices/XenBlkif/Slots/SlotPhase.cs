namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>What a guest's request waits for.</summary>
internal enum SlotPhase : byte
{
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

    /// <summary>Its data is read, written or discarded.</summary>
    Moving,

    /// <summary>What a barrier wrote is made stable.</summary>
    FlushingAfter,

    /// <summary>The data read is copied to the guest.</summary>
    CopyingOut,
}
