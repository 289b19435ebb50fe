using System.Text;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.Control;

/// <summary>
/// One connection to a tapdisk's control socket: one request, then its answer or answers. All waiting is bounded by deadlines.
/// </summary>
internal sealed unsafe class ControlConnection : IDisposable
{
    private readonly string _path;
    private int _fd;

    private ControlConnection(string path, int fd) => (_path, _fd) = (path, fd);

    /// <summary>Connects at once, or returns null when the tapdisk's queue of connections is full.</summary>
    /// <exception cref="ControlException">ENAMETOOLONG, ENOENT, ECONNREFUSED, EACCES, …</exception>
    public static ControlConnection? TryConnect(string path)
    {
        if (!ControlDirectory.IsSocketPath(path))
            throw new ControlException(
                Errno.ENAMETOOLONG, $"the socket's path {path} is longer than {ControlDirectory.MaxSocketPathLength - 1} bytes");
        sockaddr_un address = new() { sun_family = AF_UNIX };
        Encoding.UTF8.GetBytes(path, new Span<byte>(address.sun_path, ControlDirectory.MaxSocketPathLength));

        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
            throw ControlException.FromErrno(errno, "cannot create a socket");
        while (connect(fd, (sockaddr*)&address, sizeof(sockaddr_un)) != 0)
        {
            if (errno == Errno.EINTR)
                continue;
            int error = errno;
            _ = close(fd);
            return error == Errno.EAGAIN ? null : throw ControlException.FromErrno(error, $"cannot connect to {path}");
        }

        return new ControlConnection(path, fd);
    }

    /// <summary>Connects, waiting for room in the tapdisk's queue of connections.</summary>
    /// <exception cref="ControlException">ETIMEDOUT, and as for <see cref="TryConnect"/>.</exception>
    public static ControlConnection Connect(string path, Deadline deadline)
    {
        ControlConnection? connection;
        while ((connection = TryConnect(path)) is null)
        {
            if (deadline.HasPassed)
                throw new ControlException(Errno.ETIMEDOUT, $"the tapdisk behind {path} does not accept connections");
            // A Unix socket cannot be polled for room in the other side's queue.
            Thread.Sleep(RetryInterval);
        }

        return connection;
    }

    /// <summary>Between attempts to get into a full queue of connections.</summary>
    public static TimeSpan RetryInterval { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Sends a request with what follows it in one go: upstream's tapdisk loses what comes in a second piece (drivers/tapdisk-control.c,
    /// tapdisk_control_read_message), and a socket buffer takes a whole request at once.
    /// </summary>
    /// <exception cref="ControlException">EPIPE, ETIMEDOUT, …</exception>
    public void Send(ReadOnlySpan<byte> request, Deadline deadline)
    {
        while (!request.IsEmpty)
        {
            fixed (byte* p = request)
            {
                long n = send(_fd, p, request.Length, MSG_NOSIGNAL);
                if (n >= 0)
                    request = request[(int)n..];
                else if (errno == Errno.EAGAIN)
                    WaitFor(POLLOUT, deadline);
                else if (errno != Errno.EINTR)
                    throw ControlException.FromErrno(errno, $"cannot send to {_path}");
            }
        }
    }

    /// <summary>Receives one answer, with the text that follows it.</summary>
    /// <exception cref="ControlException">EIO when the tapdisk hangs up first, ETIMEDOUT, EPROTO, …</exception>
    public TapdiskResponse Receive(Deadline deadline)
    {
        byte[] bytes = new byte[TapdiskMessageLayout.MessageLength];
        for (int received = 0; ;)
        {
            int length = TapdiskMessageCodec.ResponseLength(bytes.AsSpan(0, received));
            if (received == length)
                return TapdiskMessageCodec.DecodeResponse(bytes);
            if (bytes.Length < length)
                Array.Resize(ref bytes, length);
            fixed (byte* p = &bytes[received])
            {
                long n = read(_fd, p, length - received);
                if (n > 0)
                    received += (int)n;
                else if (n == 0)
                    throw new ControlException(
                        Errno.EIO, $"the tapdisk behind {_path} hung up after {received} of {length} bytes of its answer");
                else if (errno == Errno.EAGAIN)
                    WaitFor(POLLIN, deadline);
                else if (errno != Errno.EINTR)
                    throw ControlException.FromErrno(errno, $"cannot receive from {_path}");
            }
        }
    }

    public void Dispose()
    {
        if (_fd >= 0)
            _ = close(_fd);
        _fd = -1;
    }

    private void WaitFor(short events, Deadline deadline)
    {
        pollfd fd = new() { fd = _fd, events = events };
        int n;
        do
            n = LinuxCalls.poll(&fd, 1, deadline.Milliseconds);
        while (n < 0 && errno == Errno.EINTR);
        if (n < 0)
            throw ControlException.FromErrno(errno, $"cannot wait for {_path}");
        if (n == 0)
            throw new ControlException(Errno.ETIMEDOUT, $"the tapdisk behind {_path} does not answer in time");
    }
}
