namespace Tapvisor.Formats.Vhd;

/// <summary>Which footer of a file counts.</summary>
public enum FooterVerdict
{
    /// <summary>Neither end holds one.</summary>
    None,

    /// <summary>The last sector.</summary>
    Tail,

    /// <summary>The copy in the first sector.</summary>
    Copy,

    /// <summary>The last sector says that the disk is fixed, the first that it is not: either may be a guest's data.</summary>
    Contradiction,
}
