using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tapvisor.Tests.RingDevices.Nbd;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

/// <summary>A server that people use, in the background from when it serves until it is killed.</summary>
internal sealed class LiveServer : IDisposable
{
    private readonly string _pidFile;
    private bool _isDead;

    private LiveServer(TemporaryDirectory files, string program, params string[] arguments)
    {
        _pidFile = files.At($"{program}.pid");

        // Both leave for the background, and return, when they serve. What they inherit keeps them from ever ending our reading, though.
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", program, .. arguments]);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} exited with {process.ExitCode}");
    }

    /// <summary>nbdkit at a Unix socket.</summary>
    internal static LiveServer Nbdkit(TemporaryDirectory files, string socket, params string[] arguments)
    {
        Peer.Require("nbdkit");
        return new LiveServer(files, "nbdkit", ["-P", files.At("nbdkit.pid"), "-U", socket, .. arguments]);
    }

    /// <summary>nbdkit at a TCP port of this host.</summary>
    internal static LiveServer NbdkitOnPort(TemporaryDirectory files, int port, params string[] arguments)
    {
        Peer.Require("nbdkit");
        return new LiveServer(
            files, "nbdkit", ["-P", files.At("nbdkit.pid"), "-i", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), .. arguments]);
    }

    /// <summary>qemu-nbd with a raw file at a Unix socket.</summary>
    internal static LiveServer QemuNbd(TemporaryDirectory files, string socket, string image)
    {
        Peer.Require("qemu-nbd");
        return new LiveServer(
            files, "qemu-nbd", "--fork", "--persistent", $"--pid-file={files.At("qemu-nbd.pid")}", "-k", socket, "-f", "raw", "--discard=unmap", image);
    }

    /// <summary>A port that nobody listens on just now.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>kill -9, and waits for the end.</summary>
    public void Dispose()
    {
        if (_isDead)
            return;
        _isDead = true;
        string pid = File.ReadAllText(_pidFile).Trim();
        Peer.Run("kill", "-9", pid);
        Peer.Run("tail", $"--pid={pid}", "-f", "/dev/null");
    }
}
