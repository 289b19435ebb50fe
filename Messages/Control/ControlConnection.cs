using System.Runtime.InteropServices;
using System.Text;
using Tapvisor.Native;

namespace Tapvisor.Messages.Control;

/// <summary>
/// One connection to a tapdisk's control socket: one request, then its answer or answers. All waiting is bounded by deadlines.
/// </summary>
internal sealed unsafe class ControlConnection : IDisposable
{
    private const int AddressLength = sizeof(ushort) + ControlDirectory.MaxSocketPathLength;

    private readonly string _path;
    private int _fd;

    private ControlConnection(string path, int fd) => (_path, _fd) = (path, fd);

    /// <summary>Connects at once, or returns null when the tapdisk's queue of connections is full.</summary>
    /// <exception cref="ControlException">ENAMETOOLONG, ENOENT, ECONNREFUSED, EACCES, …</exception>
    public static ControlConnection? TryConnect(string path)
    {
        Span<byte> address = stackalloc byte[AddressLength];
        address.Clear();
        address[0] = Libc.AF_UNIX;
        if (Encoding.UTF8.GetByteCount(path) >= ControlDirectory.MaxSocketPathLength)
            throw new ControlException(
                Errno.ENAMETOOLONG, $"the socket's path {path} is longer than {ControlDirectory.MaxSocketPathLength - 1} bytes");
        Encoding.UTF8.GetBytes(path, address[sizeof(ushort)..]);

        int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
            throw Libc.Error("cannot create a socket");
        fixed (byte* p = address)
        {
            while (Libc.connect(fd, p, AddressLength) != 0)
            {
                if (Libc.Interrupted())
                    continue;
                int errno = Marshal.GetLastPInvokeError();
                _ = Libc.close(fd);
                return errno == Errno.EAGAIN ? null : throw ControlException.FromErrno(errno, $"cannot connect to {path}");
            }
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
                nint n = Libc.send(_fd, p, request.Length, Libc.MSG_NOSIGNAL);
                if (n >= 0)
                    request = request[(int)n..];
                else if (Marshal.GetLastPInvokeError() == Errno.EAGAIN)
                    WaitFor(Libc.POLLOUT, deadline);
                else if (!Libc.Interrupted())
                    throw Libc.Error($"cannot send to {_path}");
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
                nint n = Libc.read(_fd, p, length - received);
                if (n > 0)
                    received += (int)n;
                else if (n == 0)
                    throw new ControlException(
                        Errno.EIO, $"the tapdisk behind {_path} hung up after {received} of {length} bytes of its answer");
                else if (Marshal.GetLastPInvokeError() == Errno.EAGAIN)
                    WaitFor(Libc.POLLIN, deadline);
                else if (!Libc.Interrupted())
                    throw Libc.Error($"cannot receive from {_path}");
            }
        }
    }

    public void Dispose()
    {
        if (_fd >= 0)
            _ = Libc.close(_fd);
        _fd = -1;
    }

    private void WaitFor(short events, Deadline deadline)
    {
        PollFd fd = new() { fd = _fd, events = events };
        int n;
        do
            n = Libc.poll(&fd, 1, deadline.Milliseconds);
        while (n < 0 && Libc.Interrupted());
        if (n < 0)
            throw Libc.Error($"cannot wait for {_path}");
        if (n == 0)
            throw new ControlException(Errno.ETIMEDOUT, $"the tapdisk behind {_path} does not answer in time");
    }
}
