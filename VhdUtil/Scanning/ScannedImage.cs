using Tapvisor.Formats.Crypto;

namespace Tapvisor.VhdUtil.Scanning;

/// <summary>What was found: a line of the output.</summary>
/// <param name="Name">As shown with -v.</param>
internal sealed record ScannedImage(string Name)
{
    /// <summary>The parent's path or name; null when there is none.</summary>
    public string? Parent { get; set; }

    /// <summary>The parent's file, for -a; null when it was not found.</summary>
    public string? ParentFile { get; set; }

    public bool HasRawParent { get; set; }

    public ulong Capacity { get; set; }

    public long Size { get; set; }

    public byte Hidden { get; set; }

    public byte Marker { get; set; }

    public KeyHash? KeyHash { get; set; }

    /// <summary>The errno of what failed, or 0.</summary>
    public int Errno { get; set; }

    /// <summary>What failed, in upstream's words.</summary>
    public string Message { get; set; } = "";
}
