using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>Many requests of many clients at once, while things go wrong; every answer is compared with a model.</summary>
public sealed class NbdTrafficTests
{
    private const int Clients = 3;
    private const int Requests = 60;

    [Fact]
    public void Every_request_is_answered_once_with_the_right_data() => Seeds.Run(60, seed =>
    {
        using var bed = new NbdBed(seed);
        Finish(bed, Begin(bed, seed));
        bed.StopClean();
    });

    [Fact]
    public void A_small_quota_slows_everybody_and_starves_nobody() => Seeds.Run(60, seed =>
    {
        var options = new NbdOptions { MaxRequestsPerConnection = 5 };
        using var bed = new NbdBed(seed, options, new RequestQueueOptions { BufferBytes = 64 << 10 });
        Finish(bed, Begin(bed, seed));
        bed.StopClean();
    });

    [Fact]
    public void A_pause_is_latency_only() => Seeds.Run(60, seed =>
    {
        using var bed = new NbdBed(seed);
        List<NbdWorker> workers = Begin(bed, seed);
        for (int i = 0; i < 5; i++)
        {
            bed.Engine.Advance(TimeSpan.FromMilliseconds(new Random(seed + i).Next(8)));
            bed.Run(() => bed.Queue.QuiesceAsync());
            int held = bed.Disk.Log.Count;
            bed.Engine.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal(held, bed.Disk.Log.Count);
            bed.On(() => bed.Open());
        }
        Finish(bed, workers);
        bed.StopClean();
    });

    [Fact]
    public void A_driver_that_throws_or_hangs_is_latency_only() => Seeds.Run(60, seed =>
    {
        using var bed = new NbdBed(seed);
        var random = new Random(seed);
        int faults = 0;
        bed.Queue.Faulted += _ =>
        {
            faults++;
            bed.Open(SetUp);
        };
        bed.Run(() => bed.Queue.QuiesceAsync());
        bed.On(() => bed.Open(SetUp));
        Finish(bed, Begin(bed, seed));
        Assert.InRange(faults, 1, 4);
        bed.StopClean();

        void SetUp(ModelDisk disk)
        {
            int countdown = faults < 4 ? random.Next(1, 20) : -1;
            if (faults % 2 == 0)
                disk.Verdict = _ => --countdown == 0 ? throw new InvalidOperationException("injected") : 0;
            else
                disk.Hangs = _ => countdown > 0 && --countdown < 6;
        }
    });

    [Fact]
    public void A_given_up_disk_answers_everything_with_an_error()
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect();
        bed.Run(() => client.GoAsync());
        bed.Run(() => bed.Queue.QuiesceAsync());
        for (ulong cookie = 0; cookie < 5; cookie++)
            bed.Run(() => client.SendAsync(NbdClient.Request(NbdCommand.NBD_CMD_READ, 0, 512, cookie: cookie)));
        bed.Engine.Run();
        bed.On(() =>
        {
            bed.Queue.Fail(Errno.EIO);
            return 0;
        });
        for (int i = 0; i < 5; i++)
            Assert.Equal(NbdError.NBD_EIO, bed.Run(() => client.AnswerAsync(_ => (NbdCommand.NBD_CMD_READ, 512))).Error);
        bed.StopClean();
    }

    [Fact]
    public void A_client_that_stalls_in_the_middle_of_a_request_holds_up_nobody() => Seeds.Run(20, seed =>
    {
        using var bed = new NbdBed(seed, limits: new RequestQueueOptions { BufferBytes = 64 << 10 });
        for (int i = 0; i < 5; i++)
        {
            NbdClient stalled = bed.Connect();
            bed.Run(() => stalled.GoAsync());
            bed.Run(() => stalled.SendAsync([.. NbdClient.Request(NbdCommand.NBD_CMD_WRITE, 0, 60_000), 1, 2, 3]));
        }
        Finish(bed, Begin(bed, seed));
        bed.StopClean();
    });

    [Fact]
    public void A_client_that_never_reads_its_answers_holds_up_nobody()
    {
        using var bed = new NbdBed();
        NbdClient deaf = bed.Connect();
        bed.Run(() => deaf.GoAsync());
        for (int i = 0; i < 20; i++)
            bed.Run(() => deaf.SendAsync(NbdClient.Request(NbdCommand.NBD_CMD_READ, 0, 100_000)));
        bed.Engine.Advance(TimeSpan.FromSeconds(1));
        Finish(bed, Begin(bed, 1));
        bed.StopClean();
        Assert.Contains(bed.Log.Complaints, line => line.Contains("did not take their last answers", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_may_vanish_at_any_byte()
    {
        byte[] script =
        [
            0, 0, 0, 3,
            .. NbdClient.Option(NbdOption.NBD_OPT_STRUCTURED_REPLY),
            .. NbdClient.Option(NbdOption.NBD_OPT_SET_META_CONTEXT, NbdClient.ContextData("x", "base:allocation")),
            .. NbdClient.Option(NbdOption.NBD_OPT_GO, NbdClient.InfoData("x")),
            .. NbdClient.Request(NbdCommand.NBD_CMD_WRITE, 0, 20), .. new byte[20],
            .. NbdClient.Request(NbdCommand.NBD_CMD_READ, 0, 100_000),
            .. NbdClient.Request(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 100_000),
            .. NbdClient.Request(NbdCommand.NBD_CMD_WRITE, 0, 17_000), .. new byte[17_000],
            .. NbdClient.Request(NbdCommand.NBD_CMD_FLUSH, 0, 0),
            .. NbdClient.Request(NbdCommand.NBD_CMD_DISC, 0, 0),
        ];
        for (int cut = 0; cut <= script.Length; cut += cut is > 330 and < 17_000 ? 997 : 1)
        {
            using var bed = new NbdBed(cut);
            NbdClient client = bed.Connect();
            byte[] part = script[..cut];
            if (cut > 0)
                bed.Run(() => client.SendAsync(part));
            bed.Engine.Advance(TimeSpan.FromMicroseconds(new Random(cut).Next(3000)));
            bed.Run(() => client.Socket.CloseAsync());
            bed.Engine.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(0, bed.Device.ConnectionCount);
            bed.StopClean();
        }
    }

    [Fact]
    public void Stop_answers_what_was_taken_and_closes() => Seeds.Run(100, seed =>
    {
        using var bed = new NbdBed(seed);
        List<NbdWorker> workers = Begin(bed, seed);
        bed.Engine.Advance(TimeSpan.FromMilliseconds(new Random(seed).Next(15)));
        bed.StopClean();
        bed.Engine.Run();
        foreach (NbdWorker worker in workers)
            worker.AssertTruthful();
        Assert.Throws<BlockException>(() => bed.Connect());
    });

    private static List<NbdWorker> Begin(NbdBed bed, int seed)
    {
        var workers = new List<NbdWorker>();
        for (int i = 0; i < Clients; i++)
        {
            NbdClient client = bed.Connect();
            int part = (1 << 20) / Clients / 512 * 512;
            var worker = new NbdWorker(client, seed + (1000 * i), i * part, part, Requests, structured: i == 1);
            workers.Add(worker);
            bed.Engine.Post(worker.Start);
        }
        return workers;
    }

    private static void Finish(NbdBed bed, List<NbdWorker> workers)
    {
        bed.Engine.RunUntil(() => workers.TrueForAll(worker => worker.IsDone));
        foreach (NbdWorker worker in workers)
            worker.AssertComplete(bed.Content.Bytes);
    }
}
