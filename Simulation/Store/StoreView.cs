using System.Collections.Immutable;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Simulation.Store;

/// <summary>
/// The tree as one requester sees and changes it: the live one, or a transaction's. Every path that was looked at is remembered, because a
/// transaction conflicts with whoever changed one of them. Errors are those of xenstored (Xen's tools/xenstored/core.c).
/// </summary>
internal sealed class StoreView(StoreNode root, Func<ulong> nextGeneration, StoreQuota quota)
{
    private readonly HashSet<string> _seen = [];
    private readonly List<StoreChange> _changes = [];

    internal StoreNode Root { get; private set; } = root;

    internal IReadOnlySet<string> Seen => _seen;

    internal IReadOnlyList<StoreChange> Changes => _changes;

    internal string Read(string path, uint domId) => Get(path, domId, XenStoreAccess.Read).Value;

    internal StoreNode Directory(string path, uint domId) => Get(path, domId, XenStoreAccess.Read);

    internal ImmutableArray<XenStorePermission> GetPermissions(string path, uint domId) =>
        Get(path, domId, XenStoreAccess.Read).Permissions;

    internal void Write(string path, string value, uint domId)
    {
        if (domId != 0 && value.Length > quota.ValueBytes)
            throw new StoreRefusal(Errno.ENOSPC);
        if (TryGet(path, domId, XenStoreAccess.Write) is { } node)
            Replace(path, node with { Value = value });
        else
            Create(path, value, domId);
    }

    internal void MakeDirectory(string path, uint domId)
    {
        if (TryGet(path, domId, XenStoreAccess.Write) is null)
            Create(path, "", domId);
    }

    internal void Remove(string path, uint domId)
    {
        if (path == "/")
            throw new StoreRefusal(Errno.EINVAL);
        if (TryGet(path, domId, XenStoreAccess.Write) is not { } node)
        {
            // One that is not there is as good as removed, unless it could not even be.
            Get(XenStorePath.Parent(path), domId, XenStoreAccess.Read);
            return;
        }
        string[] components = XenStorePath.Components(path);
        Root = Root.With(components, null);
        Touch(components.AsSpan()[..^1]);
        _seen.Add(XenStorePath.Parent(path));
        _changes.Add(new StoreChange(path, node, IsRemoval: true));
    }

    internal void SetPermissions(string path, ImmutableArray<XenStorePermission> permissions, uint domId)
    {
        if (domId != 0 && permissions.Length > quota.Permissions)
            throw new StoreRefusal(Errno.ENOSPC);
        StoreNode node = Get(path, domId, XenStoreAccess.Write);
        if (domId != 0 && node.Owner != domId)
            throw new StoreRefusal(Errno.EACCES);
        if (domId != 0 && permissions[0].DomId != domId)
            throw new StoreRefusal(Errno.EPERM);
        Replace(path, node with { Permissions = permissions });
    }

    /// <summary>Makes the node and what is missing above it, each like what it is in; an unprivileged domain owns what it makes.</summary>
    private void Create(string path, string value, uint domId)
    {
        string[] components = XenStorePath.Components(path);
        int existing = components.Length - 1;
        while (Root.Find(components.AsSpan(0, existing)) is null)
            existing--;
        StoreNode parent = Root.Find(components.AsSpan(0, existing))!;
        if (!Allows(parent, domId, XenStoreAccess.Write))
            throw new StoreRefusal(Errno.EACCES);
        int count = components.Length - existing;
        if (domId != 0 && Root.CountOwnedBy(domId) + count > quota.Nodes)
            throw new StoreRefusal(Errno.ENOSPC);
        ImmutableArray<XenStorePermission> permissions = domId == 0
            ? parent.Permissions
            : parent.Permissions.SetItem(0, parent.Permissions[0] with { DomId = domId });
        for (int depth = existing + 1; depth <= components.Length; depth++)
        {
            ReadOnlySpan<string> made = components.AsSpan(0, depth);
            string content = depth == components.Length ? value : "";
            Root = Root.With(made, new StoreNode(content, permissions, StoreNode.NoChildren, nextGeneration()));
            _seen.Add("/" + string.Join('/', made!));
        }
        Touch(components.AsSpan(0, existing));
        _seen.Add(existing == 0 ? "/" : "/" + string.Join('/', components[..existing]));
        _changes.Add(new StoreChange(path, Root.Find(components), IsRemoval: false));
    }

    private void Replace(string path, StoreNode node)
    {
        StoreNode changed = node with { Generation = nextGeneration() };
        Root = Root.With(XenStorePath.Components(path), changed);
        _changes.Add(new StoreChange(path, changed, IsRemoval: false));
    }

    private void Touch(ReadOnlySpan<string> components) =>
        Root = Root.With(components, Root.Find(components)! with { Generation = nextGeneration() });

    private StoreNode Get(string path, uint domId, XenStoreAccess access) =>
        TryGet(path, domId, access) ?? throw new StoreRefusal(Errno.ENOENT);

    /// <summary>Null when there is none, and the requester may know that: where it may do nothing at all it learns nothing.</summary>
    private StoreNode? TryGet(string path, uint domId, XenStoreAccess access)
    {
        _seen.Add(path);
        string[] components = XenStorePath.Components(path);
        StoreNode? node = Root.Find(components);
        if (node is not null)
            return Allows(node, domId, access) ? node : throw new StoreRefusal(Errno.EACCES);
        int depth = components.Length;
        StoreNode? above = null;
        while (above is null)
            above = Root.Find(components.AsSpan(0, --depth));
        return Allows(above, domId, access) ? null : throw new StoreRefusal(Errno.EACCES);
    }

    private static bool Allows(StoreNode node, uint domId, XenStoreAccess access) =>
        domId == 0 || (node.AccessOf(domId) & access) == access;
}
