using Akka.Actor;
using Akka.Configuration;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Configuration;

/// <summary>No message leaves the process, and one that is asked to says so.</summary>
public sealed class InProcessSerializerTests
{
    [Fact]
    public async Task A_message_is_not_serialized()
    {
        Config settings = AkkaSettings.Of(TestSettings.Of(""), Config.Empty);
        using var system = (ExtendedActorSystem)ActorSystem.Create("serializer", settings);
        Assert.Contains("Int32", Assert.Throws<NotSupportedException>(() => system.Serialization.Serialize(5)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "String", Assert.Throws<NotSupportedException>(() => system.Serialization.Deserialize([], 1, typeof(string))).Message, StringComparison.Ordinal);
        await system.Terminate();
    }
}
