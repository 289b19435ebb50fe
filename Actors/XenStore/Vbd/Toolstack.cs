namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>Whose habits a device's nodes follow.</summary>
public enum Toolstack
{
    /// <summary>Told by the node <c>script</c>, which libxl writes and xenopsd does not.</summary>
    Auto,

    /// <summary>State 2 before the hotplug script runs; the directory stays, and 6 says that the device is given up.</summary>
    LibXl,

    /// <summary>State 2 after hotplug-status; the backend removes its directory when the frontend has gone.</summary>
    XenOpsD,
}
