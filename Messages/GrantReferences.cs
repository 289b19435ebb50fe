using System.Runtime.CompilerServices;

namespace Tapvisor.Messages;

/// <summary>Eight grant references, compared by value.</summary>
[InlineArray(TapdiskMessageLayout.BlkifGrefCount)]
public struct GrantReferences : IEquatable<GrantReferences>
{
    private uint _first;

    /// <summary>At most eight; the rest is 0.</summary>
    public static GrantReferences Of(params ReadOnlySpan<uint> references)
    {
        GrantReferences result = default;
        references.CopyTo(result);
        return result;
    }

    public readonly bool Equals(GrantReferences other) => ((ReadOnlySpan<uint>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is GrantReferences other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        foreach (uint reference in this)
            hash.Add(reference);
        return hash.ToHashCode();
    }

    public override readonly string ToString() => string.Join(' ', ((ReadOnlySpan<uint>)this).ToArray());

    public static bool operator ==(GrantReferences left, GrantReferences right) => left.Equals(right);

    public static bool operator !=(GrantReferences left, GrantReferences right) => !left.Equals(right);
}
