using System.Globalization;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Report;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>
/// What an open disk of the largest size, all of whose blocks are there, takes of the service's memory: the growth from one such disk to
/// nine, by eight; just opened, and after random reads that fill its caches.
/// </summary>
internal sealed class VhdMemory(VhdOptions options, VhdImages images)
{
    private const int More = 8;
    private const int ReadSeconds = 60;

    // More blocks than a disk's cache of sector bitmaps has room for.
    private static readonly FioJob Reads = new("memory", "", "randread", 4 * ByteSize.KiB, 32) { Requests = 15_000 };

    internal async Task<string> RunAsync(CancellationToken cancellation)
    {
        var disks = new List<BenchmarkImage>();
        for (int i = 0; i <= More; i++)
            disks.Add(await images.LargestAsync($"largest{i}.vhd", cancellation));
        (long opened1, long used1) = await MeasureAsync(disks[..1], cancellation);
        (long opened9, long used9) = await MeasureAsync(disks, cancellation);
        return MarkdownTable.Format(
            ["state", "RSS with 1 disk, MiB", $"with {More + 1}, MiB", "a disk, MiB"],
            [Row("opened", opened1, opened9), Row("after random reads", used1, used9)]);
    }

    private static string[] Row(string state, long one, long all) => [state, Mebibytes(one), Mebibytes(all), Mebibytes((all - one) / More)];

    private static string Mebibytes(long bytes) => (bytes / (double)ByteSize.MiB).ToString("0.0", CultureInfo.InvariantCulture);

    private async Task<(long Opened, long Used)> MeasureAsync(List<BenchmarkImage> disks, CancellationToken cancellation)
    {
        string[] more = [.. disks.Skip(1).Select(disk => $"vhd:{disk.Path}")];
        ServerRecipe one = ServerRecipes.Tapvisor("memory", "vhd", options.Tapvisord, null);
        string last = "";
        ServerRecipe recipe = one with
        {
            Arguments = (image, directory) => [.. one.Arguments(image, directory), .. more],

            // The last disk's socket is there when all are open.
            Socket = (directory, pid) => last = Path.Combine(directory, $"nbd{pid}.{more.Length}"),
        };
        await using var fleet = new Fleet();
        await fleet.StartAsync(new Contestant(recipe, disks[0]), options.Pinning, cancellation);
        if (fleet.Failures.Count > 0)
            throw new BenchmarkException(fleet.Failures[0].Reason);
        RunningServer server = fleet.Running[0];
        long opened = server.Usage().RssBytes;
        for (int minor = 0; minor < disks.Count; minor++)
        {
            string uri = $"nbd+unix:///?socket={Uri.EscapeDataString(Path.ChangeExtension(last, $".{minor}"))}";
            await new Fio(options.Pinning).RunAsync(Reads, uri, ReadSeconds, cancellation);
        }
        long used = server.Usage().RssBytes;
        await fleet.StopAsync();
        return (opened, used);
    }
}
