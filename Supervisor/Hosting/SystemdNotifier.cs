using System.Net.Sockets;
using System.Text;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>Tells systemd what the service is doing (sd_notify(3)); says nothing where NOTIFY_SOCKET is not set.</summary>
internal sealed class SystemdNotifier
{
    private readonly string? _path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    /// <summary>Disks can be used.</summary>
    internal void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>The end has begun.</summary>
    internal void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(_path))
            return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

        // A leading @ stands for the NUL of an abstract name.
        string path = _path[0] == '@' ? '\0' + _path[1..] : _path;
        socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
    }
}
