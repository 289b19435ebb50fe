using Tapvisor.Benchmarks.Nbd.Machine;

namespace Tapvisor.Benchmarks.Nbd.Servers;

/// <summary>
/// The servers that can be compared. All of them run during the whole benchmark, on one image; only one has a client at a time. Tapvisor
/// locks the image, so the others are told to leave locks alone; nbdkit takes none.
/// </summary>
internal static class ServerRecipes
{
    /// <summary>What the others are compared with.</summary>
    internal const string Baseline = "qemu-nbd";

    private const string QemuStorageDaemonExport = "disk";

    /// <param name="tapvisord">The service's path.</param>
    /// <param name="configuration">A configuration file for it, or null for its defaults.</param>
    internal static IReadOnlyList<ServerRecipe> All(string tapvisord, string? configuration) =>
    [
        Tapvisor("tapvisor", "aio", tapvisord, configuration),
        QemuNbd(Baseline, "raw", "io_uring"),
        QemuNbd("qemu-nbd-native", "raw", "native"),
        QemuStorageDaemon(),
        Nbdkit(),
    ];

    // The name of the socket is the interface of its users, too: nbd<pid>.<minor>, and the first minor in an empty directory is 0.
    internal static ServerRecipe Tapvisor(string name, string type, string tapvisord, string? configuration) => new(
        name,
        tapvisord,
        configuration is null ? "direct I/O" : $"direct I/O, --config {configuration}",
        (image, directory) => ["serve", "--control-directory", directory, .. Config(configuration), $"{type}:{image.Path}"],
        (directory, pid) => Path.Combine(directory, $"nbd{pid}.0"));

    private static string[] Config(string? configuration) => configuration is null ? [] : ["--config", configuration];

    internal static ServerRecipe QemuNbd(string name, string format, string aio) => new(
        name,
        "qemu-nbd",
        $"aio={aio}, cache=none",
        (image, directory) =>
        [
            "--persistent", "--shared=16", "--cache=none", $"--aio={aio}", $"--socket={Listener(directory)}", "--image-opts",
            $"driver={format},file.driver={Driver(image)},file.filename={QemuQuoted(image.Path)},file.locking=off",
        ],
        (directory, _) => Listener(directory));

    private static ServerRecipe QemuStorageDaemon() => new(
        "qemu-storage-daemon",
        "qemu-storage-daemon",
        "aio=io_uring, cache.direct=on",
        (image, directory) =>
        [
            "--blockdev",
            $"driver={Driver(image)},node-name=file,filename={QemuQuoted(image.Path)},aio=io_uring,cache.direct=on,locking=off",
            "--blockdev", $"driver=raw,node-name={QemuStorageDaemonExport},file=file,cache.direct=on",
            "--nbd-server", $"addr.type=unix,addr.path={Listener(directory)},max-connections=16",
            "--export", $"type=nbd,id=export,node-name={QemuStorageDaemonExport},writable=on",
        ],
        (directory, _) => Listener(directory))
    {
        Export = QemuStorageDaemonExport,
    };

    private static ServerRecipe Nbdkit() => new(
        "nbdkit",
        "nbdkit",
        "file plugin, buffered: its reads and writes end in the page cache, so it is not comparable with the others",
        (image, directory) => ["--foreground", $"--unix={Listener(directory)}", "file", $"file={image.Path}"],
        (directory, _) => Listener(directory));

    private static string Listener(string directory) => Path.Combine(directory, "nbd.sock");

    private static string Driver(BenchmarkImage image) => image.IsBlockDevice ? "host_device" : "file";

    private static string QemuQuoted(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
