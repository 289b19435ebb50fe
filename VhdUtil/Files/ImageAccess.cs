namespace Tapvisor.VhdUtil.Files;

/// <summary>How to open a file.</summary>
internal enum ImageAccess
{
    Read,
    ReadWrite,

    /// <summary>Make it, or empty it if it is a file that exists; a device is taken as it is.</summary>
    Create,
}
