using System.Net.Sockets;
using Akka.Actor;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tapvisor.Supervisor.Control;
using Tapvisor.Tests.Actors;
using Tapvisor.Tests.RingDevices;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Supervisor.Control;

public sealed class ControlServerTests : ActorSpec, IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestLog<ControlServer> _log = new();
    private readonly ControlServer _server;
    private readonly string _path;

    public ControlServerTests(ITestOutputHelper output)
        : base(output: output)
    {
        _path = _directory.At("ctl1");
        var options = new ControlOptions(4, TimeSpan.FromSeconds(30), "");
        _server = new ControlServer(_path, options, TestActor, _log);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_request_reaches_the_supervisor_and_its_answer_the_client_and_then_the_connection_ends()
    {
        using Socket client = Connect();
        await client.SendAsync(TapdiskMessageCodec.Encode(new TapdiskRequest.Pause(7)));
        Assert.Equal(new TapdiskRequest.Pause(7), ExpectMsg<TapdiskRequest.Pause>());
        LastSender.Tell(new TapdiskResponse.Pause(7));
        Assert.Equal(TapdiskMessageCodec.Encode(new TapdiskResponse.Pause(7)), await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_request_may_arrive_byte_by_byte()
    {
        using Socket client = Connect();
        foreach (byte one in TapdiskMessageCodec.Encode(new TapdiskRequest.Open(1, new TapdiskParams { Path = "aio:/x" })))
            await client.SendAsync(new[] { one });
        Assert.Equal("aio:/x", ExpectMsg<TapdiskRequest.Open>().Params.Path);
    }

    [Fact]
    public async Task A_list_of_forty_disks_arrives_whole()
    {
        List<TapdiskResponse.List> entries =
            [.. Enumerable.Range(0, 40).Select(i => new TapdiskResponse.List(0, 40 - i, i, VbdState.None, $"aio:/srv/{i}.img"))];
        entries.Add(TapdiskResponse.List.End(0));
        using Socket client = Connect();
        await client.SendAsync(TapdiskMessageCodec.Encode(new TapdiskRequest.List()));
        ExpectMsg<TapdiskRequest.List>();
        LastSender.Tell(new DiskProtocol.Listing(entries));
        Assert.Equal(entries.SelectMany(TapdiskMessageCodec.Encode), await ReadToEndAsync(client));
    }

    [Fact]
    public async Task Garbage_is_answered_with_EINVAL_and_a_sentence()
    {
        using Socket client = Connect();
        byte[] garbage = new byte[TapdiskMessageLayout.MessageLength];
        Array.Fill(garbage, (byte)0xA5);
        await client.SendAsync(garbage);
        var error = (TapdiskResponse.Error)TapdiskMessageCodec.DecodeResponse(await ReadToEndAsync(client));
        Assert.Equal((Errno.EINVAL, (ushort)0), (error.Errno, error.Cookie));
        Assert.NotEmpty(error.Text);
    }

    [Fact]
    public async Task A_client_that_leaves_after_half_a_message_gets_no_answer_and_disturbs_nobody()
    {
        using (Socket client = Connect())
            await client.SendAsync(new byte[100]);
        await A_request_reaches_the_supervisor_and_its_answer_the_client_and_then_the_connection_ends();
        AwaitCondition(() => _server.SessionCount == 0);
    }

    [Fact]
    public async Task Silent_clients_make_room_for_one_that_speaks()
    {
        List<Socket> silent = [.. Enumerable.Range(0, 12).Select(_ => Connect())];
        await A_request_reaches_the_supervisor_and_its_answer_the_client_and_then_the_connection_ends();
        Assert.Empty(await ReadToEndAsync(silent[0]));
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_silent_client_that_made_room_is_told_of_once_and_with_the_true_reason()
    {
        using Socket silent = Connect();
        AwaitCondition(() => _server.SessionCount == 1);
        List<Socket> others = [.. Enumerable.Range(0, 4).Select(_ => Connect())];
        Assert.Empty(await ReadToEndAsync(silent));
        AwaitCondition(() => _server.SessionCount == 4);
        Assert.Single(_log.Lines, line => line.Contains("was closed", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.Contains("silent longest", StringComparison.Ordinal));
        others.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task While_no_client_is_silent_the_next_waits_for_a_place()
    {
        List<Socket> busy = [.. Enumerable.Range(0, 4).Select(_ => Connect())];
        var senders = new List<IActorRef>();
        foreach (Socket client in busy)
        {
            await client.SendAsync(TapdiskMessageCodec.Encode(new TapdiskRequest.Close(1)));
            ExpectMsg<TapdiskRequest.Close>();
            senders.Add(LastSender);
        }
        using Socket next = Connect();
        await next.SendAsync(TapdiskMessageCodec.Encode(new TapdiskRequest.Pause(2)));
        senders[0].Tell(new TapdiskResponse.Close(1));
        ExpectMsg<TapdiskRequest.Pause>();
        Assert.InRange(_server.SessionCount, 1, 4);
        Assert.NotEmpty(await ReadToEndAsync(busy[0]));
        busy.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_slow_request_blocks_no_other()
    {
        using Socket slow = Connect();
        await slow.SendAsync(TapdiskMessageCodec.Encode(new TapdiskRequest.Close(1)));
        ExpectMsg<TapdiskRequest.Close>();
        IActorRef slowSender = LastSender;
        await A_request_reaches_the_supervisor_and_its_answer_the_client_and_then_the_connection_ends();
        slowSender.Tell(new TapdiskResponse.Close(1));
        Assert.Equal(TapdiskMessageCodec.Encode(new TapdiskResponse.Close(1)), await ReadToEndAsync(slow));
    }

    [Fact]
    public void The_socket_is_the_users_alone()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    public async Task The_socket_goes_with_the_server()
    {
        await _server.DisposeAsync();
        Assert.False(File.Exists(_path));
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_path));
        return socket;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer) is > 0 and int count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }
}
