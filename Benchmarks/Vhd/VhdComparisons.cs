using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>What is compared: each a title and a table or some.</summary>
internal sealed class VhdComparisons(VhdOptions options, VhdImages images, VhdContest contest)
{
    internal const string Allocated = "allocated";
    internal const string Empty = "empty";
    internal const string Chain = "chain";
    internal const string Memory = "memory";

    internal static readonly IReadOnlyList<string> All = [Allocated, Empty, Chain, Memory];

    private const string Raw = "tapvisor-raw";
    private const string Vhd = "tapvisor-vhd";
    private const string Qemu = "qemu-nbd-vpc";

    // Blocks for all the writes of a run, without the disk becoming larger than the storage below it.
    private const long EmptyBytes = 16 * ByteSize.GiB;

    private static readonly FioJob[] AtDepth = [.. FioJob.All.Where(job => job.Depth > 1)];
    private static readonly FioJob[] Reads = [.. AtDepth.Where(job => !job.Writes)];

    private bool HasUpstream => options.Upstream is not null;

    internal Task<string> RunAsync(string name, CancellationToken cancellation) => name switch
    {
        Allocated => AllocatedAsync(cancellation),
        Empty => EmptyAsync(cancellation),
        Chain => ChainAsync(cancellation),
        _ => MemoryAsync(cancellation),
    };

    private async Task<string> AllocatedAsync(CancellationToken cancellation)
    {
        List<Contestant> contestants =
        [
            new(Tapvisor(Raw, "aio"), await images.RawAsync(cancellation)),
            new(Tapvisor(Vhd, "vhd"), await images.FilledAsync("tapvisor.vhd", cancellation)),
            new(ServerRecipes.QemuNbd(Qemu, "vpc", "io_uring"), await images.FilledAsync("qemu.vhd", cancellation)),
        ];
        if (HasUpstream)
            contestants.Add(new(Upstream(), await images.FilledAsync("upstream.vhd", cancellation)));
        return Titled("A dynamic VHD of 1 GiB, every block allocated", await contest.SteadyAsync(contestants, AtDepth, Raw, cancellation));
    }

    private async Task<string> EmptyAsync(CancellationToken cancellation)
    {
        List<ServerRecipe> recipes = [Tapvisor(Vhd, "vhd"), ServerRecipes.QemuNbd(Qemu, "vpc", "io_uring")];
        if (HasUpstream)
            recipes.Add(Upstream());
        var job = new FioJob("allocating", $"{options.Requests} random writes of 4 KiB, queue depth 32", "randwrite", 4 * ByteSize.KiB, 32)
        {
            Requests = options.Requests,
        };
        string tables = await contest.FreshAsync(
            recipes,
            async recipe => new(recipe, await images.EmptyAsync($"{recipe.Name}.vhd", EmptyBytes, cancellation)),
            job, Qemu, cancellation);
        return Titled("An empty dynamic VHD of 16 GiB: most writes need a new block", tables);
    }

    private async Task<string> ChainAsync(CancellationToken cancellation)
    {
        const string One = "depth 1";
        Contestant[] contestants =
        [
            new(Tapvisor(One, "vhd"), await images.ChainAsync(1, cancellation)),
            new(Tapvisor("depth 10", "vhd"), await images.ChainAsync(10, cancellation)),
        ];
        return Titled("Reads of what the lowest of a chain holds", await contest.SteadyAsync(contestants, Reads, One, cancellation));
    }

    private async Task<string> MemoryAsync(CancellationToken cancellation) =>
        Titled("Memory of an open disk of 2040 GiB, every block allocated", await new VhdMemory(options, images).RunAsync(cancellation));

    private ServerRecipe Tapvisor(string name, string type) => ServerRecipes.Tapvisor(name, type, options.Tapvisord, null);

    private ServerRecipe Upstream() => new UpstreamTapdisk(options.Upstream!).Recipe();

    private static string Titled(string title, string tables) => $"\n### {title}\n\n{tables}";
}
