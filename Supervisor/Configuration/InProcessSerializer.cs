using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// Refuses: no actor is in another process. It stands where Akka would load and set up Newtonsoft.Json at each start, for nothing.
/// </summary>
internal sealed class InProcessSerializer : Serializer
{
    /// <summary>As Akka makes a serializer that has settings.</summary>
    /// <param name="system">Whose messages it would have.</param>
    /// <param name="settings">Those of the serializer that it replaces.</param>
    public InProcessSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    /// <summary>That of the serializer that it replaces.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw Refusal(obj.GetType());

    public override object FromBinary(byte[] bytes, Type type) => throw Refusal(type);

    private static NotSupportedException Refusal(Type type) => new($"A {type.Name} cannot be serialized: no actor is in another process.");
}
