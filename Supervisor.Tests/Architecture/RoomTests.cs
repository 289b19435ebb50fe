using System.Reflection;
using NetArchTest.Rules;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Tests.Architecture;

/// <summary>Who may use whom.</summary>
public sealed class RoomTests
{
    public static TheoryData<string> All => [.. Rooms.Uses.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void A_room_uses_none_but_those_below_it(string room)
    {
        string[] allowed = [.. Rooms.Uses[room].Select(Rooms.NameOf)];
        IEnumerable<string> used = Rooms.AssemblyOf(room).GetReferencedAssemblies().Select(name => name.Name!);
        HashSet<string> ours = [.. Rooms.Uses.Keys.Select(Rooms.NameOf)];
        Assert.Empty(used.Where(ours.Contains).Except(allowed));
    }

    [SkippableFact]
    public void Every_project_of_the_product_is_a_room_of_the_table() => Assert.Equal(
        SourceTree.Projects.Except(["Supervisor.Tests", "Benchmarks"]).Order(StringComparer.Ordinal),
        Rooms.Uses.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Nbd", "XenBlkif")]
    [InlineData("XenBlkif", "Nbd")]
    public void No_front_end_knows_another(string one, string other) => Holds(
        Types.InAssembly(Rooms.AssemblyOf("RingDevices"))
            .That().ResideInNamespace($"Tapvisor.RingDevices.{one}")
            .ShouldNot().HaveDependencyOnAny($"Tapvisor.RingDevices.{other}"));

    [Fact]
    public void Only_the_switch_for_development_reaches_what_pretends() => Holds(
        Types.InAssembly(Rooms.AssemblyOf("Supervisor"))
            .That().DoNotHaveNameStartingWith(nameof(DevelopmentSwitch))
            .ShouldNot().HaveDependencyOnAny("Tapvisor.Simulation"));

    [Theory]
    [InlineData("Disks")]
    [InlineData("RingDevices")]
    [InlineData("ImageDrivers")]
    [InlineData("BlockIo")]
    [InlineData("Formats")]
    public void No_actor_is_on_the_data_path(string room) =>
        Assert.DoesNotContain(Rooms.AssemblyOf(room).GetReferencedAssemblies(), name => name.Name!.StartsWith("Akka", StringComparison.Ordinal));

    [Fact]
    public void No_two_types_have_one_name()
    {
        IEnumerable<Assembly> assemblies = [.. Rooms.Uses.Keys.Select(Rooms.AssemblyOf), Assembly.Load("benchmarks"), typeof(RoomTests).Assembly];
        IEnumerable<string> doubled = assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsNested && type.Namespace?.StartsWith("Tapvisor", StringComparison.Ordinal) == true)
            .GroupBy(type => type.Name)
            .Where(types => types.Count() > 1)
            .Select(types => string.Join(", ", types.Select(type => type.FullName)));
        Assert.Empty(doubled);
    }

    private static void Holds(ConditionList rule)
    {
        TestResult result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypes?.Select(type => type.FullName) ?? []));
    }
}
