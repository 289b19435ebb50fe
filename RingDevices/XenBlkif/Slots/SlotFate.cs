namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>What becomes of a request whose phase does not end as it should.</summary>
internal enum SlotFate : byte
{
    /// <summary>This does not happen in that phase.</summary>
    Never,

    /// <summary>Nothing: the phase ends all the same, and the request goes on along its route.</summary>
    GoesOn,

    /// <summary>The guest's own mistake: it is answered with an error and counted as refused.</summary>
    IsRefused,

    /// <summary>The disk's error: it is answered with it and counted as failed.</summary>
    Fails,

    /// <summary>It gets no answer from this process; its record stays in the shadow, for a successor if there is one.</summary>
    IsGivenUp,
}
