using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Tmds.Linux;

namespace Tapvisor.Tests.Native;

/// <summary>What our assemblies, this one included, use of Tmds.LibC: as their metadata says, so that nothing is forgotten.</summary>
internal static class TmdsUses
{
    private static readonly Assembly s_library = typeof(LibC).Assembly;

    /// <summary>Names of types, each with the names of the members used.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlySet<string>> Members { get; } = Collect();

    internal static Type TypeOf(string name) => s_library.GetType($"{typeof(LibC).Namespace}.{name}", throwOnError: true)!;

    private static Dictionary<string, IReadOnlySet<string>> Collect()
    {
        var members = new Dictionary<string, IReadOnlySet<string>>();
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
        {
            using var image = new PEReader(File.OpenRead(file));
            if (image.HasMetadata)
                Collect(image.GetMetadataReader(), members);
        }
        return members;
    }

    private static void Collect(MetadataReader reader, Dictionary<string, IReadOnlySet<string>> members)
    {
        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            if (IsOfLibrary(reader, reader.GetTypeReference(handle)))
                members.TryAdd(NameOf(reader, handle), new HashSet<string>());
        }
        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            MemberReference member = reader.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference
                && IsOfLibrary(reader, reader.GetTypeReference((TypeReferenceHandle)member.Parent)))
            {
                ((HashSet<string>)members[NameOf(reader, (TypeReferenceHandle)member.Parent)]).Add(reader.GetString(member.Name));
            }
        }
    }

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle) => reader.GetString(reader.GetTypeReference(handle).Name);

    private static bool IsOfLibrary(MetadataReader reader, TypeReference type) =>
        type.ResolutionScope.Kind == HandleKind.AssemblyReference
        && reader.StringComparer.Equals(
            reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name, s_library.GetName().Name!);
}
