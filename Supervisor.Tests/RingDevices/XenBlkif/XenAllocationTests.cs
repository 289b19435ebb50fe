using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

public sealed class XenAllocationTests
{
    private const int Rounds = 2000;

    // The measuring itself, and what the runtime does once in a while on any thread.
    private const long Tolerance = 4096;

    [SkippableTheory]
    [InlineData(IoEngineKind.IoUring, 0u, false)]
    [InlineData(IoEngineKind.IoUring, 100u, false)]
    [InlineData(IoEngineKind.IoUring, 0u, true)]
    [InlineData(IoEngineKind.LibAio, 0u, false)]
    [InlineData(IoEngineKind.LibAio, 100u, false)]
    [InlineData(IoEngineKind.LibAio, 0u, true)]
    public void Steady_traffic_allocates_nothing(IoEngineKind kind, uint poll, bool keeps)
    {
        Skip.If(IoEngines.WhyUnavailable(kind) is not null, "the engine is not available");
        using var bed = new XenBed(kind: kind);
        bed.Disk.Slowness = 0;
        bed.Disk.Logging = false;
        Blkfront front = bed.NewFrontend();
        bed.Connect(bed.Offer([front], poll: poll, keeps: keeps));
        GuestPage[] pages = bed.Guest.NewPages(8);
        GuestPage list = bed.Guest.NewPage();
        Drive(front, pages, list);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least > Tolerance; attempt++)
        {
            long before = Allocated(bed);
            Drive(front, pages, list);
            least = Math.Min(least, Allocated(bed) - before);
        }
        Assert.InRange(least, 0, Tolerance);
        bed.StopClean();
    }

    /// <summary>Reads, writes, a large one, a flush, a barrier and one that is wrong, all in flight at once.</summary>
    private static void Drive(Blkfront front, GuestPage[] pages, GuestPage list)
    {
        BlkifSegment[] eight = [.. pages.Select(p => new BlkifSegment { Gref = p.Gref, LastSect = 7 })];
        BlkifSegment[] many = [.. Enumerable.Range(0, 32).Select(i => eight[i % eight.Length])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < 8; i++)
            {
                front.Read(i * 64, eight);
                front.Write(i * 64, eight[0]);
            }
            front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list, many);
            front.Flush();
            front.Barrier(0, eight[0]);
            front.Read(0);
            front.Complete();
        }
    }

    private static long Allocated(XenBed bed) => bed.Run(() => new IoTask<long>(GC.GetAllocatedBytesForCurrentThread()));
}
