using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Tapvisor.Formats.Vhd;
using Tapvisor.VhdUtil;

namespace Tapvisor.Tests.Formats;

/// <summary>What the room of formats may use, as its assembly says.</summary>
public sealed class FormatsRoomTests
{
    private static readonly string[] s_inputAndOutput =
    [
        "File", "FileInfo", "FileStream", "Directory", "DirectoryInfo", "Socket", "Process", "SafeFileHandle", "RandomAccess", "LibC", "FileNames",
    ];

    [Fact]
    public void Formats_use_nothing_that_does_I_O() =>
        Assert.Empty(References(typeof(VhdLoader).Assembly.Location).Types.Intersect(s_inputAndOutput));

    [Fact]
    public void Formats_stand_on_the_floor_alone() => Assert.Equal(["Tapvisor.Native"], Rooms(typeof(VhdLoader).Assembly.Location));

    [Fact]
    public void Vhd_util_knows_no_engine() =>
        Assert.Equal(["Tapvisor.CommandLine", "Tapvisor.Formats", "Tapvisor.Native"], Rooms(typeof(VhdContext).Assembly.Location));

    private static IEnumerable<string> Rooms(string assembly) =>
        References(assembly).Assemblies.Where(name => name.StartsWith("Tapvisor.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static (string[] Types, string[] Assemblies) References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return (
            [.. metadata.TypeReferences.Select(handle => metadata.GetString(metadata.GetTypeReference(handle).Name))],
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))]);
    }
}
