namespace Tapvisor.BlockIo.Files;

/// <summary>Locks on an open file description.</summary>
public enum IoLock
{
    /// <summary>None.</summary>
    None,

    /// <summary>Shared with other readers (F_RDLCK).</summary>
    Shared,

    /// <summary>Nobody else (F_WRLCK).</summary>
    Exclusive,
}
