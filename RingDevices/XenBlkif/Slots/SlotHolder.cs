namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>Which part of a ring has a request in hand.</summary>
internal enum SlotHolder : byte
{
    /// <summary><see cref="BlkifGate"/>.</summary>
    Gate,

    /// <summary><see cref="Ring.RingCopies"/>.</summary>
    Copies,

    /// <summary><see cref="Ring.RingBuffers"/>.</summary>
    Buffers,

    /// <summary><see cref="Ring.RingBarrier"/>.</summary>
    Barrier,

    /// <summary><see cref="Ring.RingSubmissions"/>: the disk's queue, or the image itself. Only here something may still be written.</summary>
    Disk,

    /// <summary><see cref="Ring.RingResponses"/>.</summary>
    Responses,
}
