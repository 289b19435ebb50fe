namespace Tapvisor.XenStore;

/// <summary>What a domain may do with a node.</summary>
[Flags]
public enum XenStoreAccess
{
    /// <summary>Nothing: n.</summary>
    None = 0,

    /// <summary>r.</summary>
    Read = 1,

    /// <summary>w.</summary>
    Write = 2,

    /// <summary>b.</summary>
    Both = Read | Write,
}
