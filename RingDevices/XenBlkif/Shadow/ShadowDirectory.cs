using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>
/// One disk's shadows. A helper thread makes every call to the file system, so that one which hangs does not hold up the other disks of
/// the engine. Engine's thread only.
/// </summary>
/// <param name="engine">The disk's.</param>
/// <param name="path">Where; empty to keep shadows in this process alone.</param>
internal sealed class ShadowDirectory(IoEngine engine, string path)
{
    private readonly IoScope _scope = new(engine, "ring shadows");

    /// <summary>Who may be at them.</summary>
    internal ShadowAccess Access { get; } = new();

    /// <summary>Which devices a dead process served, as their shadows say; what is no shadow, or incomplete, is left out.</summary>
    /// <exception cref="BlockException">EIO: they cannot be read.</exception>
    internal IoTask<List<BlkifFrontend>> DevicesAsync() => CallAsync("read", () => Devices(path));

    /// <summary>Removes them all: nobody will go on with them.</summary>
    /// <exception cref="BlockException">EIO: they cannot be removed.</exception>
    internal IoTask<int> ClearAsync() => CallAsync("removed", () =>
    {
        if (path.Length > 0 && Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        return 0;
    });

    /// <inheritdoc cref="RingShadow.Create"/>
    internal IoTask<RingShadow> CreateAsync(ShadowIdentity identity, int size, uint consumed) =>
        CallAsync("stored", () => RingShadow.Create(path, identity, size, consumed));

    /// <inheritdoc cref="RingShadow.Open"/>
    internal IoTask<RingShadow> OpenAsync(ShadowIdentity identity, int size) =>
        CallAsync("read", () => RingShadow.Open(path, identity, size));

    /// <summary>Removes one: nobody will go on with it. It can still be written to.</summary>
    /// <exception cref="BlockException">EIO: it cannot be removed.</exception>
    internal IoTask<int> DeleteAsync(RingShadow shadow) => CallAsync("removed", () =>
    {
        shadow.Delete();
        return 0;
    });

    /// <summary>Ends the use of one.</summary>
    internal IoTask<int> CloseAsync(RingShadow shadow) => engine.OffloadAsync(_scope, () =>
    {
        shadow.Dispose();
        return 0;
    });

    private IoTask<T> CallAsync<T>(string what, Func<T> call) => engine.OffloadAsync(_scope, () =>
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlockException(BlockErrorKind.Io, Errno.EIO, $"The rings' shadows in '{path}' cannot be {what}: {e.Message}", e);
        }
    });

    private static List<BlkifFrontend> Devices(string directory)
    {
        if (directory.Length == 0 || !Directory.Exists(directory))
            return [];
        var found = new List<(ShadowIdentity Identity, int Rings)>();
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            if (Read(file) is { } ring)
                found.Add(ring);
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

    /// <returns>Null if it is no shadow.</returns>
    private static (ShadowIdentity Identity, int Rings)? Read(string path)
    {
        var start = new byte[ShadowIdentity.Size];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && ShadowIdentity.TryRead(start, out ShadowIdentity identity, out int rings)
            && Path.GetFileName(path) == identity.ToString()
            ? (identity, rings)
            : null;
    }
}
