using System.Net.Sockets;
using Akka.Actor;
using Tapvisor.Supervisor.Control;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.RingDevices;
using Tapvisor.Tests.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Control;

public sealed class ControlSettingTests
{
    [Fact]
    [Setting("tapvisor.control.timeout")]
    public async Task A_silent_client_is_let_go_after_the_time_that_is_set()
    {
        using var directory = new TemporaryDirectory();
        var log = new TestLog<ControlServer>();
        ControlOptions options = TestSettings.Of("tapvisor.control.timeout = 20ms").Control;
        await using var server = new ControlServer(directory.At("ctl1"), options, ActorRefs.Nobody, log);
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await silent.ConnectAsync(new UnixDomainSocketEndPoint(directory.At("ctl1")));
        Assert.Equal(0, await silent.ReceiveAsync(new byte[1]));
        Assert.Contains(log.Lines, line => line.EndsWith("within 0.02 s", StringComparison.Ordinal));
    }
}
