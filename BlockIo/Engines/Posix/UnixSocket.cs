using System.Text;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A listening Unix socket and the file it made.</summary>
internal sealed unsafe class UnixSocket
{
    private readonly byte[] _name;
    private readonly ulong _inode;

    private UnixSocket(int descriptor, byte[] name)
    {
        Descriptor = descriptor;
        _name = name;
        _inode = Inode(name, out _);
    }

    internal int Descriptor { get; }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="BlockException">With bind(2)'s errno.</exception>
    internal static UnixSocket Listen(string path, int backlog, UnixFileMode mode)
    {
        sockaddr_un address = Address(path);
        int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            throw KernelErrors.Exception(errno, $"cannot make a socket for '{path}'");
        try
        {
            byte[] name = Encoding.UTF8.GetBytes(path + '\0');

            // The mode of the socket becomes that of the file, less the umask: nobody gets in before chmod(2) adds the rest.
            Check(fchmod(descriptor, (ushort)mode), path);
            Bind(descriptor, &address, path, name);
            fixed (byte* p = name)
                Check(chmod(p, (ushort)mode), path);
            Check(listen(descriptor, backlog), path);
            return new UnixSocket(descriptor, name);
        }
        catch
        {
            _ = close(descriptor);
            throw;
        }
    }

    /// <summary>Connects without waiting: the listener's backlog has room, or it is refused.</summary>
    /// <returns>A descriptor that waits in its calls.</returns>
    /// <exception cref="BlockException">With connect(2)'s errno; EAGAIN when the backlog is full.</exception>
    internal static int Connect(string path)
    {
        sockaddr_un address = Address(path);
        return StreamSocket.Connect(AF_UNIX, &address, sizeof(sockaddr_un), path);
    }

    /// <summary>Removes the file, unless it is somebody else's by now.</summary>
    internal void Unlink()
    {
        if (Inode(_name, out _) != _inode)
            return;
        fixed (byte* p = _name)
            _ = unlink(p);
    }

    private static sockaddr_un Address(string path)
    {
        var address = new sockaddr_un { sun_family = AF_UNIX };
        const int Capacity = 108;
        int length = Encoding.UTF8.GetByteCount(path);
        if (length is 0 or >= Capacity)
        {
            int error = length == 0 ? Errno.EINVAL : Errno.ENAMETOOLONG;
            throw KernelErrors.Exception(error, $"cannot use the socket '{path}' ({length} bytes, 107 at most)");
        }
        Encoding.UTF8.GetBytes(path, new Span<byte>(address.sun_path, Capacity));
        return address;
    }

    private static void Bind(int descriptor, sockaddr_un* address, string path, byte[] name)
    {
        if (bind(descriptor, (sockaddr*)address, sizeof(sockaddr_un)) == 0)
            return;
        int error = errno;
        if (error == Errno.EADDRINUSE && IsLeftOver(address, name))
        {
            fixed (byte* p = name)
                Check(unlink(p), path);
            if (bind(descriptor, (sockaddr*)address, sizeof(sockaddr_un)) == 0)
                return;
            error = errno;
        }
        throw KernelErrors.Exception(error, $"cannot listen on '{path}'");
    }

    // A socket that nobody listens on. Asking must not wait for a listener whose backlog is full.
    private static bool IsLeftOver(sockaddr_un* address, byte[] name)
    {
        if (Inode(name, out ushort mode) == 0 || !S_ISSOCK(mode))
            return false;
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (probe < 0)
            return false;
        bool dead = connect(probe, (sockaddr*)address, sizeof(sockaddr_un)) < 0 && errno == Errno.ECONNREFUSED;
        _ = close(probe);
        return dead;
    }

    private static ulong Inode(byte[] name, out ushort mode)
    {
        statx status;
        fixed (byte* p = name)
        {
            bool found = LibC.statx(AT_FDCWD, p, 0, STATX_BASIC_STATS, &status) == 0;
            mode = found ? status.stx_mode : default;
            return found ? status.stx_ino : 0;
        }
    }

    private static void Check(int result, string path)
    {
        if (result < 0)
            throw KernelErrors.Exception(errno, $"cannot listen on '{path}'");
    }
}
