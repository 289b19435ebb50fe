using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tapvisor.Control;
using Tapvisor.Supervisor.Control;

namespace Tapvisor.Tests.Supervisor.Control;

public sealed class StaleSocketsTests : IDisposable
{
    // Above the kernel's largest pid, 4194304.
    private const int DeadPid = 4999999;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_a_dead_tapdisk_left_is_removed_and_nothing_else()
    {
        string[] stale = ["ctl4999999", "nbdclient4999999", "nbd4999999.0", "nbd-old4999999.0", "nbdserver4999999.0", "nbdserver-new4999999.12"];
        string[] others = ["nbd4999998.0", "ctl4999999x", "nbd4999999", "service", "ctl"];
        foreach (string name in stale.Concat(others))
            File.WriteAllText(_directory.At(name), "");
        StaleSockets.Clean(new ControlDirectory(_directory.Path), NullLogger.Instance);
        Assert.Equal(others.Order(), Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_socket_that_answers_is_left_alone()
    {
        string path = _directory.At($"ctl{DeadPid}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        StaleSockets.Clean(new ControlDirectory(_directory.Path), NullLogger.Instance);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_tapdisk_that_does_not_answer_yet_is_left_alone()
    {
        string path = _directory.At($"ctl{Environment.ProcessId}");
        File.WriteAllText(path, "");
        StaleSockets.Clean(new ControlDirectory(_directory.Path), NullLogger.Instance);
        Assert.True(File.Exists(path));
    }
}
