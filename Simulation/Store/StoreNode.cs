using System.Collections.Immutable;
using Tapvisor.XenStore;

namespace Tapvisor.Simulation.Store;

/// <summary>A node and all below it, as of some moment: changes make new nodes, so a snapshot costs nothing.</summary>
/// <param name="Value">Bytes, in Latin-1.</param>
/// <param name="Generation">Grows with each change of the value, the permissions or the set of children.</param>
internal sealed record StoreNode(
    string Value,
    ImmutableArray<XenStorePermission> Permissions,
    ImmutableSortedDictionary<string, StoreNode> Children,
    ulong Generation)
{
    internal static readonly ImmutableSortedDictionary<string, StoreNode> NoChildren =
        ImmutableSortedDictionary.Create<string, StoreNode>(StringComparer.Ordinal);

    internal uint Owner => Permissions[0].DomId;

    internal StoreNode? Find(ReadOnlySpan<string> components)
    {
        StoreNode? node = this;
        foreach (string component in components)
        {
            if (!node.Children.TryGetValue(component, out node))
                return null;
        }
        return node;
    }

    /// <summary>The same tree with another node in that place, or with none; what is above it must exist.</summary>
    internal StoreNode With(ReadOnlySpan<string> components, StoreNode? node)
    {
        if (components.Length == 0)
            return node ?? throw new InvalidOperationException("The root stays.");
        string name = components[0];
        return components.Length == 1 && node is null
            ? this with { Children = Children.Remove(name) }
            : this with { Children = Children.SetItem(name, components.Length == 1 ? node! : Children[name].With(components[1..], node)) };
    }

    internal int CountOwnedBy(uint domId)
    {
        int count = Owner == domId ? 1 : 0;
        foreach (StoreNode child in Children.Values)
            count += child.CountOwnedBy(domId);
        return count;
    }

    /// <summary>What a domain that has no privilege may do.</summary>
    internal XenStoreAccess AccessOf(uint domId)
    {
        if (Owner == domId)
            return XenStoreAccess.Both;
        foreach (XenStorePermission permission in Permissions.AsSpan()[1..])
        {
            if (permission.DomId == domId)
                return permission.Access;
        }
        return Permissions[0].Access;
    }
}
