namespace Tapvisor.Formats.Vhd;

/// <summary>What a differencing disk notes about its parent.</summary>
/// <param name="Path">From the child's directory: "./p.vhd", "../d/p.vhd".</param>
/// <param name="Uuid">The parent's; empty for a raw one.</param>
/// <param name="Timestamp">When the parent was last changed; see <see cref="VhdTime"/>.</param>
public sealed record ParentLink(string Path, Guid Uuid, uint Timestamp)
{
    /// <summary>The file's name, which the header holds.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
