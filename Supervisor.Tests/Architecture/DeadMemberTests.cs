using Mono.Cecil;

namespace Tapvisor.Tests.Architecture;

public sealed class DeadMemberTests
{
    [Fact]
    public void No_public_member_is_without_use()
    {
        AssemblyDefinition[] rooms = [.. Rooms.Uses.Keys.Select(room => Read(Rooms.AssemblyOf(room).Location))];
        AssemblyDefinition[] others = [Read(System.Reflection.Assembly.Load("benchmarks").Location), Read(typeof(DeadMemberTests).Assembly.Location)];
        HashSet<string> used = [.. rooms.Concat(others).SelectMany(Members.Used)];
        List<string> dead = [.. rooms.SelectMany(Members.Callable).Select(Members.NameOf).Distinct()

            // A field of a published layout may be written only.
            .Where(name => !used.Contains(name) && !used.Contains(name.Replace(".get_", ".set_", StringComparison.Ordinal)))];
        Assert.True(dead.Count == 0, string.Join("\n", dead));
    }

    private static AssemblyDefinition Read(string path) => AssemblyDefinition.ReadAssembly(path);
}
