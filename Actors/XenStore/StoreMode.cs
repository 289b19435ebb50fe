namespace Tapvisor.Actors.XenStore;

/// <summary>Whether the service does tapback's work.</summary>
public enum StoreMode
{
    /// <summary>Where this host has a store.</summary>
    Auto,

    /// <summary>Yes; a store that is not there yet is waited for.</summary>
    On,

    /// <summary>No: tapback, or nobody, does it.</summary>
    Off,
}
