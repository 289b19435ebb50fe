using Tapvisor.Messages.Blkif;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>One disk's shadows.</summary>
internal static class ShadowDirectory
{
    /// <summary>Which devices a dead process served, as their shadows say; what is no shadow, or incomplete, is left out.</summary>
    internal static List<BlkifFrontend> Devices(string directory)
    {
        var found = new List<(ShadowIdentity Identity, int Rings)>();
        if (directory.Length == 0 || !Directory.Exists(directory))
            return [];
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            var start = new byte[ShadowIdentity.Size];
            using FileStream file = File.OpenRead(path);
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && ShadowIdentity.TryRead(start, out ShadowIdentity identity, out int rings)
                && Path.GetFileName(path) == identity.ToString())
                found.Add((identity, rings));
        }
        var devices = new List<BlkifFrontend>();
        foreach (var device in found.GroupBy(ring => (ring.Identity.Frontend.DomId, ring.Identity.Frontend.DevId)))
        {
            (ShadowIdentity Identity, int Rings)[] rings = [.. device.OrderBy(ring => ring.Identity.Queue)];
            bool complete = rings.Length == rings[0].Rings && rings[^1].Identity.Queue == rings.Length - 1;
            if (complete)
                devices.Add(rings[0].Identity.Frontend with { Rings = [.. rings.Select(ring => ring.Identity.Frontend.Rings[0])] });
        }
        return devices;
    }

    /// <summary>Nobody will go on with them.</summary>
    internal static void Clear(string directory)
    {
        if (directory.Length > 0 && Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
