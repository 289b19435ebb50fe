namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>What a disk is closed for.</summary>
internal enum ClosingCause
{
    /// <summary>CLOSE.</summary>
    Close,

    /// <summary>FORCE_SHUTDOWN: requests at the image are not waited for.</summary>
    ForceShutdown,

    /// <summary>The service ends: the guests' rings are handed over, and the record stays for the next service.</summary>
    End,
}
