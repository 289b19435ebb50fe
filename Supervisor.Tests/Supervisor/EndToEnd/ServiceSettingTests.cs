using System.Net.Sockets;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.RingDevices.Nbd;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>What settings make of the whole service.</summary>
public sealed class ServiceSettingTests
{
    private const long MiB = 1 << 20;

    // Whatever is waited for comes at once, or never.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    [Setting("tapvisor.control-directory")]
    public async Task The_service_is_found_in_the_control_directory_that_is_set()
    {
        await using TestService service = await TestService.StartAsync();
        int minor = service.Create($"aio:{service.Files.Image("a.img", MiB)}");
        foreach (string name in (string[])[$"ctl{TestService.Pid}", $"nbd{TestService.Pid}.{minor}", "service", $"tapdisk/tapdisk-{minor}"])
            Assert.True(Path.Exists(service.Files.At($"ctl/{name}")), name);
    }

    [SkippableTheory]
    [InlineData("", false)]
    [InlineData("23456", true)]
    [Setting("tapvisor.control-group")]
    public async Task A_member_of_the_control_group_is_answered_and_nobody_else(string group, bool isAnswered)
    {
        Skip.If(Environment.UserName != "root", "only root can become somebody else");
        Tool.Require("setpriv", "perl");
        await using TestService service = await TestService.StartAsync($"tapvisor.control-group = \"{group}\"");
        File.SetUnixFileMode(service.Files.Path, (UnixFileMode)0b111_101_101);
        string request = Convert.ToHexString(TapdiskMessageCodec.Encode(new TapdiskRequest.Pid()));
        ToolResult client = await Tool.TryAsync(
            "setpriv", new Dictionary<string, string>(), "--reuid=65534", "--regid=65534", "--groups=23456", "perl", "-MIO::Socket::UNIX", "-e",
            $"my $s = IO::Socket::UNIX->new(Peer => '{service.Directory.ControlSocket(TestService.Pid)}') or exit 1; "
            + $"print $s pack('H*', '{request}'); $s->flush; local $/; print unpack('H*', <$s>)");
        Assert.Equal(isAnswered ? 0 : 1, client.ExitCode);
        if (isAnswered)
        {
            TapdiskResponse answer = TapdiskMessageCodec.DecodeResponse(Convert.FromHexString(client.Output));
            Assert.Equal(TestService.Pid, Assert.IsType<TapdiskResponse.Pid>(answer).TapdiskPid);
        }
    }

    [Fact]
    [Setting("tapvisor.control.connections")]
    public async Task A_client_of_the_control_socket_makes_room_when_as_many_as_set_are_there()
    {
        await using TestService service = await TestService.StartAsync("tapvisor.control { connections = 1, timeout = 1h }");
        var endPoint = new UnixDomainSocketEndPoint(service.Directory.ControlSocket(TestService.Pid));
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var next = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await silent.ConnectAsync(endPoint);
        await next.ConnectAsync(endPoint);
        Assert.Equal(0, await silent.ReceiveAsync(new byte[1]).WaitAsync(s_patience));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Setting("tapvisor.nbd.connections")]
    public async Task A_disk_has_as_many_nbd_clients_as_set(int connections)
    {
        await using TestService service = await TestService.StartAsync($"tapvisor.nbd.connections = {connections}");
        int minor = service.Create($"aio:{service.Files.Image("a.img", MiB)}");
        using IoEngine engine = IoEngines.Create(new IoEngineOptions { ArenaSize = 1 });
        List<NbdClient> clients = [.. Enumerable.Range(0, connections + 1).Select(_ => Connect(service, engine, minor))];
        foreach (NbdClient admitted in clients.Take(connections))
            await engine.RunAsync(() => admitted.GoAsync()).WaitAsync(s_patience);
        Assert.True(await engine.RunAsync(() => clients[^1].IsAtEndAsync()).WaitAsync(s_patience));
        Assert.Equal(connections, service.Stats(minor).GetProperty("connections").GetInt32());
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("120s", NbdError.None)]
    [InlineData("0s", NbdError.NBD_EIO)]
    [Setting("tapvisor.disk.request-timeout")]
    public async Task A_request_that_meets_a_busy_storage_is_tried_again_for_the_time_that_is_set(string timeout, NbdError expected)
    {
        await using TestService service = await TestService.StartAsync(
            $"tapvisor {{ fault-injection = on, disk {{ request-timeout = {timeout}, retry-interval = 1ms }} }}");
        int minor = service.Create($"aio:{service.Files.Image("a.img", MiB)}");
        service.Ask<TapdiskResponse.Inject>(new TapdiskRequest.Inject((ushort)minor, FaultKind.Error, FaultOperation.Read, Errno.EBUSY, 1));
        using IoEngine engine = IoEngines.Create(new IoEngineOptions { ArenaSize = 1 });
        using NbdClient client = Connect(service, engine, minor);
        await engine.RunAsync(() => client.GoAsync()).WaitAsync(s_patience);
        NbdAnswer answer = await engine.RunAsync(() => client.CallAsync(NbdCommand.NBD_CMD_READ, 0, 512)).WaitAsync(s_patience);
        Assert.Equal(expected, answer.Error);
        Assert.Equal(expected == NbdError.None ? 1 : 0, service.Stats(minor).GetProperty("restarts").GetProperty("retried").GetInt32());
    }

    private static NbdClient Connect(TestService service, IoEngine engine, int minor)
    {
        string path = service.Directory.NbdSocket(TestService.Pid, minor);
        return engine.RunAsync(() => new IoTask<NbdClient>(new NbdClient(engine.Connect(new IoScope(engine, "client"), path)))).GetAwaiter().GetResult();
    }
}
