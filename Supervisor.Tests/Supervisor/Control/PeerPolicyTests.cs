using System.Net.Sockets;
using Tapvisor.Messages;
using Tapvisor.Supervisor.Control;

namespace Tapvisor.Tests.Supervisor.Control;

public sealed class PeerPolicyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_services_own_user_is_allowed_and_named()
    {
        using Socket listener = Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(listener.LocalEndPoint!);
        using Socket peer = listener.Accept();
        Assert.True(new PeerPolicy(null).Allows(peer, out string who));
        Assert.StartsWith($"pid {Environment.ProcessId}, uid ", who, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(null, false)]
    [InlineData(12345u, false)]
    [InlineData(65534u, true)]
    [InlineData(23456u, true)]
    public async Task Another_user_is_allowed_by_its_group_or_a_supplementary_one_only(uint? group, bool allowed)
    {
        Skip.If(Environment.UserName != "root", "only root can become somebody else");
        EndToEnd.Tool.Require("setpriv", "perl");
        using Socket listener = Listen();
        string path = _directory.At("s");
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        Task<EndToEnd.ToolResult> client = EndToEnd.Tool.TryAsync(
            "setpriv", new Dictionary<string, string>(), "--reuid=65534", "--regid=65534", "--groups=23456", "perl", "-MIO::Socket::UNIX", "-e",
            $"my $s = IO::Socket::UNIX->new(Peer => '{path}') or die; read $s, my $end, 1");
        Task<Socket> accepted = listener.AcceptAsync();
        Assert.True(await Task.WhenAny(accepted, client) == accepted, "the other user's client did not connect");
        using (Socket peer = await accepted)
            Assert.Equal(allowed, new PeerPolicy(group).Allows(peer, out _));
        await client;
    }

    [Fact]
    public void Groups_are_found_by_name_and_number_and_a_missing_one_is_named()
    {
        Assert.Null(UnixGroups.Find(""));
        Assert.Equal(0u, UnixGroups.Find("root"));
        Assert.Equal(123u, UnixGroups.Find("123"));
        ControlException error = Assert.Throws<ControlException>(() => UnixGroups.Find("no-such-group"));
        Assert.Contains("no-such-group", error.Message, StringComparison.Ordinal);
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_directory.At("s")));
        listener.Listen(1);
        return listener;
    }
}
