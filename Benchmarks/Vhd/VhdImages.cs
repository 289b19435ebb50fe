using System.Globalization;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>
/// Makes the images of a comparison in a directory of their own, which goes with them. What is filled was written from its beginning to its
/// end by Tapvisor, the raw image as well as the VHD, so that their files lie alike on the storage.
/// </summary>
internal sealed class VhdImages : IDisposable
{
    private const long FilledBytes = ByteSize.GiB;
    private const int FillSeconds = 120;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly FioJob Fill = new("fill", "", "write", ByteSize.MiB, 8) { Requests = FilledBytes / ByteSize.MiB };

    private readonly VhdOptions _options;
    private readonly DirectoryInfo _directory;
    private string? _filled;

    internal VhdImages(VhdOptions options)
    {
        _options = options;
        _directory = Directory.CreateDirectory(Path.Combine(options.Directory, $"tapvisor-bench-vhd-{Environment.ProcessId}"));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>A raw image of 1 GiB without holes.</summary>
    internal async Task<BenchmarkImage> RawAsync(CancellationToken cancellation)
    {
        string path = At("raw.img");
        using (FileStream file = File.Create(path))
            file.SetLength(FilledBytes);
        return await FillAsync(path, "aio", cancellation);
    }

    /// <summary>A dynamic VHD of 1 GiB whose blocks are all there; each caller gets a copy.</summary>
    internal async Task<BenchmarkImage> FilledAsync(string name, CancellationToken cancellation)
    {
        if (_filled is null)
        {
            string first = At("filled.vhd");
            await VhdUtilAsync(cancellation, "create", "-n", first, "-s", Mebibytes(FilledBytes));
            await FillAsync(first, "vhd", cancellation);
            _filled = first;
        }
        string path = At(name);
        File.Copy(_filled, path);
        return Settled(path);
    }

    /// <summary>A dynamic VHD without a single block.</summary>
    internal async Task<BenchmarkImage> EmptyAsync(string name, long bytes, CancellationToken cancellation)
    {
        string path = At(name);
        File.Delete(path);
        await VhdUtilAsync(cancellation, "create", "-n", path, "-s", Mebibytes(bytes));
        return Settled(path);
    }

    /// <summary>The leaf of a chain of so many VHDs, of which the lowest holds everything.</summary>
    internal async Task<BenchmarkImage> ChainAsync(int depth, CancellationToken cancellation)
    {
        BenchmarkImage leaf = await FilledAsync($"chain{depth}-1.vhd", cancellation);
        for (int i = 2; i <= depth; i++)
        {
            string child = At($"chain{depth}-{i}.vhd");
            await VhdUtilAsync(cancellation, "snapshot", "-e", "-n", child, "-p", leaf.Path);
            leaf = Settled(child);
        }
        return leaf;
    }

    /// <summary>A VHD of the largest size, all of whose blocks have a place, in a file that is one hole but for its metadata.</summary>
    internal async Task<BenchmarkImage> LargestAsync(string name, CancellationToken cancellation)
    {
        string path = At(name);
        await Task.Run(() => LargestVhd.Make(path), cancellation);
        return Settled(path);
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private async Task<BenchmarkImage> FillAsync(string path, string type, CancellationToken cancellation)
    {
        await using var fleet = new Fleet();
        BenchmarkImage image = BenchmarkImage.Take(path);
        ServerRecipe recipe = ServerRecipes.Tapvisor("fill", type, _options.Tapvisord, null);
        await fleet.StartAsync(new Contestant(recipe, image), _options.Pinning, cancellation);
        foreach (RunningServer server in fleet.Running)
            await new Fio(_options.Pinning).RunAsync(Fill, server.Uri, FillSeconds, cancellation);
        await fleet.StopAsync();
        if (fleet.Failures.Count > 0)
            throw new BenchmarkException($"'{path}' cannot be filled: {fleet.Failures[0].Reason}");
        return Settled(path);
    }

    private static BenchmarkImage Settled(string path)
    {
        BenchmarkImage image = BenchmarkImage.Take(path);
        image.Settle();
        return image;
    }

    private async Task VhdUtilAsync(CancellationToken cancellation, params string[] arguments)
    {
        ProcessResult result = await ChildProcess.RunAsync(new ProgramCall(_options.VhdUtil, arguments), Limit, cancellation);
        if (result.ExitCode != 0)
            throw new BenchmarkException($"vhd-util {arguments[0]} exited with {result.ExitCode}: {result.LastLines()}");
    }

    private static string Mebibytes(long bytes) => (bytes / ByteSize.MiB).ToString(CultureInfo.InvariantCulture);
}
