using Tapvisor.Native;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.XenStore.Client;

/// <summary>
/// What can be done with nodes, inside a transaction and outside. Paths are absolute, or relative to the own domain's; values are bytes
/// in Latin-1. Whatever fails does so with <see cref="XenStoreException"/>.
/// </summary>
public abstract class XenStoreOperations
{
    // How often a listing in parts is begun anew because the directory changed meanwhile.
    private const int ListingAttempts = 16;

    private protected XenStoreOperations()
    {
    }

    /// <summary>A node's value; ENOENT when there is no such node.</summary>
    public async Task<string> ReadAsync(string path) =>
        Payload.Text(await RequestAsync(XenStoreMessageType.XS_READ, Payload.Strings(Checked(path)), path));

    /// <summary>A node's value, or null when there is no such node.</summary>
    public async Task<string?> TryReadAsync(string path)
    {
        try
        {
            return await ReadAsync(path);
        }
        catch (XenStoreException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    /// <summary>The names of a node's children; those of a directory with more names than one message holds come in several.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string path)
    {
        try
        {
            return Names(await RequestAsync(XenStoreMessageType.XS_DIRECTORY, Payload.Strings(Checked(path)), path));
        }
        catch (XenStoreException e) when (e.Errno == Errno.E2BIG)
        {
            return await ListInPartsAsync(path);
        }
    }

    /// <summary>The names of a node's children; none when there is no such node.</summary>
    public async Task<IReadOnlyList<string>> TryListAsync(string path)
    {
        try
        {
            return await ListAsync(path);
        }
        catch (XenStoreException e) when (e.Errno == Errno.ENOENT)
        {
            return [];
        }
    }

    /// <summary>Sets a node's value; makes the node, and what is missing above it, with the permissions of what they are made in.</summary>
    public Task WriteAsync(string path, string value) =>
        RequestAsync(XenStoreMessageType.XS_WRITE, [.. Payload.Strings(Checked(path)), .. Payload.Bytes(value)], path);

    /// <summary>Makes a node without value; nothing to do when it exists.</summary>
    public Task MakeDirectoryAsync(string path) => RequestAsync(XenStoreMessageType.XS_MKDIR, Payload.Strings(Checked(path)), path);

    /// <summary>Removes a node and all below; nothing to do when it alone is missing.</summary>
    public Task RemoveAsync(string path) => RequestAsync(XenStoreMessageType.XS_RM, Payload.Strings(Checked(path)), path);

    /// <summary>Who may do what with a node; the owner comes first.</summary>
    public async Task<IReadOnlyList<XenStorePermission>> GetPermissionsAsync(string path)
    {
        byte[] answer = await RequestAsync(XenStoreMessageType.XS_GET_PERMS, Payload.Strings(Checked(path)), path);
        var permissions = new List<XenStorePermission>();
        foreach (string text in Names(answer))
        {
            permissions.Add(XenStorePermission.TryParse(text, out XenStorePermission permission)
                ? permission
                : throw new XenStoreException(Errno.EIO, "XS_GET_PERMS", path, $"the answer has the entry '{text}'"));
        }
        return permissions;
    }

    /// <summary>Says who may do what with a node, the owner first.</summary>
    public Task SetPermissionsAsync(string path, params IReadOnlyList<XenStorePermission> permissions) => RequestAsync(
        XenStoreMessageType.XS_SET_PERMS, Payload.Strings([Checked(path), .. permissions.Select(p => p.ToString())]), path);

    private protected abstract Task<byte[]> RequestAsync(XenStoreMessageType type, byte[] payload, string path);

    /// <summary>A NUL in a path would end it early, and name another node.</summary>
    private protected static string Checked(string path) =>
        XenStorePath.IsValid(path) || (path.StartsWith('@') && !path.Contains('\0', StringComparison.Ordinal))
            ? path
            : throw new XenStoreException(Errno.EINVAL, "path", path);

    private static string[] Names(byte[] payload) => Payload.TrySplit(payload, out string[]? names) ? names : [];

    /// <summary>Each part starts with the directory's generation: another one means that the parts do not fit together.</summary>
    private async Task<IReadOnlyList<string>> ListInPartsAsync(string path)
    {
        for (int attempt = 0; attempt < ListingAttempts; attempt++)
        {
            string? generation = null;
            var listing = new List<byte>();
            for (;;)
            {
                byte[] request = Payload.Strings(path, listing.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                byte[] part = await RequestAsync(XenStoreMessageType.XS_DIRECTORY_PART, request, path);
                if (!Payload.TrySplitFirst(part, out string? now, out string names))
                    throw new XenStoreException(Errno.EIO, "XS_DIRECTORY_PART", path, "the answer has no generation");
                if (now != (generation ??= now))
                    break;

                // An empty name, which is a NUL more, is the end.
                bool isLast = names is "" or "\0" || names.EndsWith("\0\0", StringComparison.Ordinal);
                listing.AddRange(Payload.Bytes(isLast && names.Length > 0 ? names[..^1] : names));
                if (isLast)
                    return Names([.. listing]);
                if (listing.Count > XenStoreLimits.DirectoryBytes)
                    throw new XenStoreException(Errno.E2BIG, "XS_DIRECTORY_PART", path);
            }
        }
        throw new XenStoreException(Errno.EAGAIN, "XS_DIRECTORY_PART", path, "the directory keeps changing");
    }
}
