using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.XenStore.Client;

public sealed class XenStoreEndpointTests
{
    private readonly Dictionary<string, string> _environment = [];
    private readonly HashSet<string> _files = [];

    [Fact]
    public void A_named_path_is_taken_whatever_else_there_is()
    {
        _environment["XENSTORED_PATH"] = "/x/y";
        _files.Add("/var/run/xenstored/socket");
        Assert.Equal("/x/y", Find());
    }

    [Theory]
    [InlineData("/var/run/xenstored/socket", "/dev/xen/xenbus")]
    [InlineData("/dev/xen/xenbus", "/proc/xen/xenbus")]
    [InlineData("/proc/xen/xenbus", null)]
    public void The_socket_comes_before_the_devices(string expected, string? alsoThere)
    {
        _files.Add(expected);
        if (alsoThere is not null)
            _files.Add(alsoThere);
        Assert.Equal(expected, Find());
    }

    [Fact]
    public void The_sockets_directory_can_be_named()
    {
        _environment["XENSTORED_RUNDIR"] = "/r";
        _files.UnionWith(["/r/socket", "/var/run/xenstored/socket"]);
        Assert.Equal("/r/socket", Find());
    }

    [Fact]
    public void A_host_without_Xen_has_no_store() => Assert.Null(Find());

    [Theory]
    [InlineData("/nonexistent/socket")]
    [InlineData("/nonexistent")]
    public async Task A_store_that_is_not_there_is_a_lost_connection(string path) => Assert.True(
        (await Assert.ThrowsAsync<XenStoreException>(() => XenStoreClient.ConnectAsync(new XenStoreEndpoint(path)))).IsConnectionLost);

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_a_lost_connection()
    {
        using var directory = new TemporaryDirectory();
        using (var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(directory.At("s")));
        XenStoreException e = await Assert.ThrowsAsync<XenStoreException>(
            () => XenStoreClient.ConnectAsync(new XenStoreEndpoint(directory.At("s"))));
        Assert.Equal(Errno.ENOTCONN, e.Errno);
    }

    private string? Find() => XenStoreEndpoint.Find(name => _environment.GetValueOrDefault(name), _files.Contains)?.Path;
}
