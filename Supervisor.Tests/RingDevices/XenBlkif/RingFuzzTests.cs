using System.Diagnostics;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>
/// Guests that do what they like with their rings. TAPVISOR_FUZZ_MINUTES says for how long; without it a few seconds. A failure names its
/// seed.
/// </summary>
public sealed class RingFuzzTests
{
    private const int Steps = 150;

    private static readonly TimeSpan s_time = FuzzTime.Asked ?? TimeSpan.FromSeconds(5);

    [Fact]
    public void No_guest_breaks_the_service_or_another_guests_device()
    {
        long begun = Stopwatch.GetTimestamp();
        for (int seed = 1; seed == 1 || Stopwatch.GetElapsedTime(begun) < s_time; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        using var bed = new XenBed(seed);
        using var neighbour = new LoopbackGuest(8, ((LoopbackGuest)bed.Guest).Root);
        var honest = new Blkfront(neighbour, pump: () =>
        {
            bed.Pump();
            neighbour.WaitForEvents(TimeSpan.Zero);
        });
        bool keeps = random.Next(2) == 0;
        bed.Connect(bed.Offer([honest], keeps: keeps) with { DomId = neighbour.DomId });
        GuestPage own = neighbour.NewPages(1)[0];
        var protocol = (BlkifProtocol)random.Next(1, 4);
        Blkfront wild = bed.NewFrontend(protocol, keeps ? 0 : random.Next(5));
        bed.Connect(bed.Offer([wild], poll: random.Next(4) == 0 ? 100u : 0, keeps: keeps));
        GuestPage[] pages = bed.Guest.NewPages(4);
        for (int step = 0; step < Steps; step++)
        {
            Misbehave(bed, wild, pages, random);
            bed.Pump();
            if (step % 30 == 0)
            {
                ulong id = honest.Read(random.Next(4096), new BlkifSegment { Gref = own.Gref, LastSect = 7 });
                Assert.Equal(BlkifStatus.BLKIF_RSP_OKAY, honest.Do(id));
            }
        }
        bed.StopClean();

        // Of each connection at most a refusal, a storm and a halt.
        int connections = bed.Log.Lines.Count(line => line.Contains(": serves ", StringComparison.Ordinal));
        Assert.InRange(bed.Log.Complaints.Count, 0, 3 * connections);
    }

    private static void Misbehave(XenBed bed, Blkfront front, GuestPage[] pages, Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                front.Scribble(random);
                break;
            case 1 when random.Next(8) == 0:
                front.RequestsProduced = (uint)random.NextInt64(uint.MaxValue);
                break;
            case 2 when random.Next(8) == 0:
                front.ResponsesProduced = (uint)random.NextInt64(uint.MaxValue);
                break;
            case 3:
                front.ResponseEvent = (uint)random.NextInt64(uint.MaxValue);
                break;
            case 4:
                front.RequestEvent = (uint)random.NextInt64(uint.MaxValue);
                break;
            case 5:
                random.NextBytes(pages[random.Next(pages.Length)].Bytes);
                break;
            case 6:
                // Its list of segments changes while the request is on its way, as do its data.
                GuestPage list = pages[random.Next(pages.Length)];
                front.PutAnywhere(Indirect(front, pages, list, random));
                front.Kick();
                break;
            default:
                front.PutAnywhere(Request(front, pages, random));
                front.Kick();
                break;
        }
        if (random.Next(100) == 0)
        {
            bed.Disconnect();
            bed.Connect(bed.Offer([front], keeps: random.Next(2) == 0));
        }
    }

    private static byte[] Request(Blkfront front, GuestPage[] pages, Random random)
    {
        var request = new byte[BlkifLimits.MaxRequestSize];
        if (random.Next(4) == 0)
        {
            random.NextBytes(request);
            return request;
        }
        request[0] = (byte)random.Next(8);
        request[1] = (byte)(random.Next(8) == 0 ? random.Next(256) : random.Next(1, 12));
        front.SetSector(request, random.Next(8) == 0 ? random.NextInt64() : random.Next(9000));
        for (int i = 0; i < 11; i++)
        {
            uint gref = random.Next(10) == 0 ? (uint)random.Next() : pages[random.Next(pages.Length)].Gref;
            front.SetSegment(request, i, gref, (byte)random.Next(9), (byte)(random.Next(10) == 0 ? random.Next(256) : random.Next(9)));
        }
        return request;
    }

    private static byte[] Indirect(Blkfront front, GuestPage[] pages, GuestPage list, Random random)
    {
        for (int i = 0; i < 512; i++)
        {
            Span<byte> segment = list.Bytes.Slice(i * 8, 8);
            BitConverter.TryWriteBytes(segment, pages[random.Next(pages.Length)].Gref);
            segment[4] = (byte)random.Next(3);
            segment[5] = (byte)(random.Next(200) == 0 ? 8 : random.Next(3, 8));
        }
        var request = new byte[BlkifLimits.MaxRequestSize];
        request[0] = (byte)BlkifOp.BLKIF_OP_INDIRECT;
        request[1] = (byte)random.Next(3);
        BitConverter.TryWriteBytes(request.AsSpan(2), (ushort)random.Next(600));
        front.SetSector(request, random.Next(9000));
        front.SetIndirect(request, list.Gref);
        return request;
    }
}
