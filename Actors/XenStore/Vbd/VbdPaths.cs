using Tapvisor.XenStore;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>Where devices are in the store.</summary>
internal sealed class VbdPaths(VbdOptions options)
{
    /// <summary>Below it: domid/devid/node.</summary>
    internal string Root { get; } = $"{XenStorePath.OfDomain(options.DomId)}/backend/{options.BackendName}";

    internal string Device(VbdId id) => $"{Root}/{id}";

    /// <summary>Where Linux backends say why they gave a device up (xenbus_client.c, error_path).</summary>
    internal string Error(VbdId id) => $"{XenStorePath.OfDomain(options.DomId)}/error/backend/{options.BackendName}/{id}";

    /// <summary>The device that a path is about, if it is about one.</summary>
    internal bool TryFind(string path, out VbdId id)
    {
        id = default;
        if (!path.StartsWith(Root + "/", StringComparison.Ordinal))
            return false;
        string[] parts = path[(Root.Length + 1)..].Split('/', 3);
        return parts.Length >= 2 && VbdId.TryParse(parts[0], parts[1], out id);
    }
}
