namespace Tapvisor.Formats.Vhd;

/// <summary>What a footer tells about the batmap.</summary>
public enum BatmapPresence
{
    /// <summary>There is none.</summary>
    No,

    /// <summary>Its header has to be looked at.</summary>
    Perhaps,

    /// <summary>There must be one.</summary>
    Yes,
}
