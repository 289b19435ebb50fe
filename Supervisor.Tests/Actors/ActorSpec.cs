using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

/// <summary>
/// A test with an actor system. It waits for what must come for as long as a busy machine may take, and not for the three seconds that the
/// test kit has in mind: a test is about what happens, and not about when.
/// </summary>
/// <param name="hocon">Settings of its actor system.</param>
/// <param name="output">Where its log goes.</param>
public abstract class ActorSpec(string hocon = "", ITestOutputHelper? output = null) : TestKit(hocon + Patience, output: output)
{
    private const string Patience = """

        akka.test.single-expect-default = 60s
        akka.test.default-timeout = 60s
        akka.test.filter-leeway = 60s
        """;
}
