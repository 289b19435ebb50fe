using Tapvisor.Formats.Parents;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil.Files;

/// <summary>How the tools find files: by the host's names, and parents wherever they are.</summary>
internal static class HostNames
{
    public static CanonicalPaths Paths { get; } = new(FileNames.OfHost);

    public static ParentResolver Parents { get; } = new(ParentPolicy.AllowAll, FileNames.OfHost);
}
