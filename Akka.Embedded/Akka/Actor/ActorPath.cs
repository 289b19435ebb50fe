namespace Akka.Actor;

/// <summary>Where an actor is in the tree of its system, such as <c>akka://tapvisor/user/supervisor</c>.</summary>
/// <remarks>Equality ignores the uid: a path names a place, a reference names one incarnation at that place.</remarks>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    /// <summary>What a name may contain besides ASCII letters and digits.</summary>
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    internal const long UndefinedUid = 0;

    private protected ActorPath(Address address, string name, long uid)
    {
        Address = address;
        Name = name;
        Uid = uid;
    }

    public Address Address { get; }

    public string Name { get; }

    /// <summary>Distinguishes incarnations that had the same path one after the other; 0 if unknown.</summary>
    public long Uid { get; }

    public abstract ActorPath Parent { get; }

    public abstract ActorPath Root { get; }

    public abstract int Depth { get; }

    /// <summary>The names from the root's child down to this one.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var elements = new string[Depth];
            ActorPath path = this;
            for (int index = Depth - 1; index >= 0; index--, path = path.Parent)
            {
                elements[index] = path.Name;
            }

            return elements;
        }
    }

    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    public static bool operator ==(ActorPath? left, ActorPath? right) => Equals(left, right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !Equals(left, right);

    /// <summary>Reads a full path.</summary>
    /// <exception cref="UriFormatException">The text is not <c>protocol://system/…</c>.</exception>
    public static ActorPath Parse(string path) =>
        TryParse(path, out ActorPath? parsed) ? parsed : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, [global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            return false;
        }

        string[] parts = path[(scheme + 3)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            return false;
        }

        actorPath = new RootActorPath(new Address(path[..scheme], parts[0]), "/");
        foreach (string part in parts.AsSpan(1))
        {
            actorPath = actorPath.Child(part);
        }

        return true;
    }

    public static bool IsValidPathElement(string s) =>
        !string.IsNullOrEmpty(s) && s[0] != '$' && s.All(c => char.IsAsciiLetterOrDigit(c) || ValidSymbols.Contains(c));

    public ActorPath Child(string childName) => new ChildActorPath(this, childName, UndefinedUid);

    public string ToStringWithoutAddress() => "/" + string.Join('/', Elements);

    public string ToStringWithUid() => Uid == UndefinedUid ? ToString() : $"{this}#{Uid}";

    public bool Equals(ActorPath? other)
    {
        if (other is null || Depth != other.Depth)
        {
            return false;
        }

        ActorPath mine = this;
        for (int level = Depth; level > 0; level--, mine = mine.Parent, other = other.Parent)
        {
            if (ReferenceEquals(mine, other))
            {
                return true;
            }

            if (mine.Name != other.Name)
            {
                return false;
            }
        }

        return mine.Name == other.Name && mine.Address.Equals(other.Address);
    }

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => HashCode.Combine(Depth, Name, Parent is { } parent && Depth > 0 ? parent.Name : null, Address);

    public int CompareTo(ActorPath? other) => string.CompareOrdinal(ToString(), other?.ToString());

    public override string ToString() => Address + ToStringWithoutAddress();
}
