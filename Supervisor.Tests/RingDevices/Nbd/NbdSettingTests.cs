using Tapvisor.Messages.Nbd;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.Supervisor.Configuration;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>What the settings below tapvisor.nbd make of a disk's clients.</summary>
public sealed class NbdSettingTests
{
    [Fact]
    [Setting("tapvisor.nbd.requests-per-connection")]
    public void A_client_has_as_many_requests_in_flight_as_set()
    {
        using NbdBed bed = BedWith("tapvisor.nbd.requests-per-connection = 3");
        NbdClient client = bed.Connect();
        bed.Run(() => client.GoAsync());
        bed.Run(() => bed.Queue.QuiesceAsync());
        for (int i = 0; i < 10; i++)
            bed.Run(() => client.SendAsync(NbdClient.Request(NbdCommand.NBD_CMD_READ, 0, 512, cookie: (ulong)i)));
        bed.Engine.Run();
        Assert.Equal(3, bed.Queue.Waiting);
    }

    [Fact]
    [Setting("tapvisor.nbd.handshake-timeout")]
    public void A_silent_client_is_let_go_when_the_time_that_is_set_is_over()
    {
        using NbdBed bed = BedWith("tapvisor.nbd.handshake-timeout = 2s");
        NbdClient client = bed.Connect();
        bed.Run(() => client.ReceiveAsync(NbdMagic.NewstyleGreetingSize));
        bed.Engine.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(1, bed.Device.ConnectionCount);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(0, bed.Device.ConnectionCount);
    }

    [Fact]
    [Setting("tapvisor.nbd.stop-timeout")]
    public void A_client_that_does_not_take_its_answers_is_cut_off_when_the_time_that_is_set_is_over()
    {
        using NbdBed bed = BedWith("tapvisor.nbd.stop-timeout = 2s");
        NbdClient client = bed.Connect();
        bed.Run(() => client.GoAsync());

        // More than a socket holds.
        for (int i = 0; i < 16; i++)
            bed.Run(() => client.SendAsync(NbdClient.Request(NbdCommand.NBD_CMD_READ, 0, 1 << 20, cookie: (ulong)i)));
        bed.Engine.Run();
        Task<int> stop = bed.Engine.RunAsync(() => bed.Device.StopAsync());
        bed.Engine.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(stop.IsCompleted);
        bed.Engine.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(stop.IsCompleted);
    }

    private static NbdBed BedWith(string hocon) => new(options: TestSettings.Of(hocon).Nbd);
}
