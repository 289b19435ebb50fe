using Tapvisor.BlockIo;
using Tapvisor.Messages.Blkif;
using Tapvisor.Metrics;
using Tapvisor.Native;

namespace Tapvisor.Disks;

/// <summary>A disk's front ends, in the order in which the service registered them.</summary>
internal sealed class FrontEndHost(int minor, IReadOnlyList<IFrontEnd> frontEnds) : IFrontEndHost, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly IGuestFrontEnd? _guests = frontEnds.OfType<IGuestFrontEnd>().SingleOrDefault();

    /// <summary>Clients connected now, guests' rings apart; any thread may ask.</summary>
    internal int Connections => frontEnds.Where(frontEnd => frontEnd is not IGuestFrontEnd).Sum(frontEnd => frontEnd.Clients);

    /// <summary>Of each guest's ring; any thread may ask.</summary>
    internal IReadOnlyList<XenBlkifStatistics> Rings => _guests?.Rings ?? [];

    public Task StartAsync(FrontEndStart start) => InTurnAsync(async () =>
    {
        foreach (IFrontEnd frontEnd in frontEnds)
            await frontEnd.StartAsync(start);
    });

    public Task StopAsync() => InTurnAsync(async () =>
    {
        // Whoever stops has released as he means it; if not, what guests are owed must not be forgotten here.
        await ReleaseAsync(handOver: true, force: false);
        foreach (IFrontEnd frontEnd in frontEnds)
            await frontEnd.StopAsync();
    });

    public async Task ReleaseAsync(bool handOver, bool force)
    {
        foreach (IFrontEnd frontEnd in frontEnds)
            await frontEnd.ReleaseAsync(handOver, force);
    }

    public Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt) => _guests is { } guests
        ? guests.ConnectAsync(frontend, adopt)
        : Task.FromException<BlkifFeatures>(new BlockException(
            BlockErrorKind.InvalidArgument, Errno.EOPNOTSUPP, $"Minor {minor} has no front end for guests."));

    public Task<bool> DisconnectAsync(uint domId, uint devId) => _guests?.DisconnectAsync(domId, devId) ?? Task.FromResult(false);

    public void Dispose() => _turn.Dispose();

    private async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _turn.Release();
        }
    }
}
