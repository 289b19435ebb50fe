using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Control;
using Tapvisor.Disks.Requests;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.RingDevices.Nbd;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdRingDeviceTests
{
    [Fact]
    public void Sockets_have_upstreams_names()
    {
        var paths = new NbdPaths(new ControlDirectory("/run/blktap-control"), 123, 4);
        Assert.Equal("/run/blktap-control/nbd123.4", paths.Listener);
        Assert.Equal("/run/blktap-control/nbd-old123.4", paths.OldListener);
        Assert.Equal("/run/blktap-control/nbdserver-new123.4", paths.Receiver);
        Assert.Equal("/run/blktap-control/nbdserver123.4", paths.OldReceiver);
    }

    [Fact]
    public void Too_many_connections_are_closed_at_once_and_one_line_says_so()
    {
        using var bed = new NbdBed(options: new NbdOptions { MaxConnections = 2 });
        NbdClient first = bed.Connect();
        bed.Run(() => first.GoAsync());
        NbdClient second = bed.Connect("/sim/nbd-old7.3");
        bed.Run(() => second.GoAsync());
        for (int i = 0; i < 3; i++)
        {
            NbdClient third = bed.Connect();
            Assert.True(bed.Run(() => third.IsAtEndAsync()));
        }
        Assert.Single(bed.Log.Complaints);
        Assert.Equal(2, bed.Device.ConnectionCount);
        bed.Run(() => second.Socket.CloseAsync());
        bed.Engine.RunUntil(() => bed.Device.ConnectionCount == 1);
        NbdClient fourth = bed.Connect();
        bed.Run(() => fourth.GoAsync());
        bed.StopClean();
    }

    [Theory]
    [InlineData("/sim/nbd7.3")]
    [InlineData("/sim/nbd-old7.3")]
    [InlineData("/sim/nbdserver-new7.3")]
    [InlineData("/sim/nbdserver7.3")]
    public void A_start_that_fails_leaves_nothing_behind(string taken)
    {
        using var bed = new NbdBed();
        bed.StopClean();
        bed.On(() => bed.Engine.Listen(new IoScope(bed.Engine, "other"), taken, 1, UnixFileMode.None));
        NbdRingDevice device = bed.On(() => new NbdRingDevice(bed.Queue, new NbdPaths(new ControlDirectory("/sim"), 7, 3), new NbdOptions(), bed.Log));
        Assert.Contains(taken, Assert.Throws<BlockException>(() => bed.Run(() => device.StartAsync())).Message, StringComparison.Ordinal);
        foreach (string path in new[] { "/sim/nbd7.3", "/sim/nbd-old7.3", "/sim/nbdserver-new7.3", "/sim/nbdserver7.3" })
        {
            if (path != taken)
                Assert.Throws<BlockException>(() => bed.Connect(path));
        }
    }

    [Fact]
    public void A_disk_that_was_never_opened_is_not_served()
    {
        using var bed = new NbdBed();
        NbdRingDevice device = bed.On(() => new NbdRingDevice(
            new RequestQueue(bed.Engine, new RequestQueueOptions()), new NbdPaths(new ControlDirectory("/sim"), 7, 4), new NbdOptions(), bed.Log));
        Assert.Throws<InvalidOperationException>(() => bed.Run(() => device.StartAsync()));
    }

    [Fact]
    public void A_grown_disk_is_larger_for_new_connections_only()
    {
        using var bed = new NbdBed();
        NbdClient old = bed.Connect();
        bed.Run(() => old.GoAsync());
        bed.Run(() => bed.Queue.QuiesceAsync());
        bed.Grow(2 << 20);
        bed.On(() => bed.Open());
        NbdClient young = bed.Connect();
        bed.Run(() => young.GoAsync());
        Assert.Equal(2UL << 20, young.Size);
        Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => old.CallAsync(NbdCommand.NBD_CMD_READ, 1 << 20, 512)).Error);
        Assert.Equal(NbdError.None, bed.Run(() => young.CallAsync(NbdCommand.NBD_CMD_READ, 1 << 20, 512)).Error);
    }

    [Fact]
    public void A_paused_disk_shakes_hands()
    {
        using var bed = new NbdBed();
        bed.Run(() => bed.Queue.QuiesceAsync());
        NbdClient client = bed.Connect();
        bed.Run(() => client.GoAsync());
        Assert.Equal(1UL << 20, client.Size);
    }

    [Fact]
    public void Stop_waits_for_requests_at_the_queue_whatever_the_clients_do()
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect();
        bed.Run(() => client.GoAsync());
        bed.Run(() => bed.Queue.QuiesceAsync());
        bed.Run(() => client.SendAsync(NbdClient.Request(NbdCommand.NBD_CMD_READ, 0, 4096)));
        bed.Engine.RunUntil(() => bed.Queue.Waiting == 1);
        Task<int> stop = bed.Engine.RunAsync(() => bed.Device.StopAsync());
        bed.Engine.Advance(TimeSpan.FromMinutes(1));
        Assert.False(stop.IsCompleted);
        bed.On(() => bed.Open());
        bed.Engine.RunUntil(() => stop.IsCompleted);
        bed.StopClean();
    }

    [Fact]
    public void Clients_that_send_nonsense_by_the_hundreds_do_not_flood_the_log()
    {
        using var bed = new NbdBed();
        for (int i = 0; i < 200; i++)
        {
            NbdClient client = bed.Connect();
            bed.Run(() => client.GreetAsync((NbdClientFlags)0xffff));
            bed.Engine.RunUntil(() => bed.Device.ConnectionCount == 0);
        }
        Assert.Equal(NbdComplaints.Limit, bed.Log.Complaints.Count);
        bed.Engine.Advance(TimeSpan.FromMinutes(1));
        NbdClient last = bed.Connect();
        bed.Run(() => last.GreetAsync((NbdClientFlags)0xffff));
        bed.Engine.RunUntil(() => bed.Device.ConnectionCount == 0);
        Assert.Contains(bed.Log.Complaints, line => line.Contains("180 more", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_that_errs_often_is_mentioned_once()
    {
        using var bed = new NbdBed();
        NbdClient client = bed.Connect();
        bed.Run(() => client.GoAsync());
        for (int i = 0; i < 5; i++)
            Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => client.CallAsync((NbdCommand)99)).Error);
        Assert.Single(bed.Log.Complaints);
    }
}
