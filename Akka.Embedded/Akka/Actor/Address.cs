namespace Akka.Actor;

/// <summary>The first part of an actor's path: protocol and system.</summary>
public sealed class Address(string protocol, string system) : IEquatable<Address>
{
    public string Protocol { get; } = protocol;

    public string System { get; } = system;

    public bool Equals(Address? other) => other is not null && Protocol == other.Protocol && System == other.System;

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(Protocol, System);

    public override string ToString() => $"{Protocol}://{System}";
}
