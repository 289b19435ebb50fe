using System.Globalization;
using System.Text;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Control;

/// <summary>
/// Says which process is the control directory's service: the one that spawn and create use instead of starting another. The service holds
/// a lock on the first byte of the file for as long as it lives, so that a crash leaves nothing that looks alive, and writes its pid once
/// it serves. Who starts a service holds a lock on the second byte meanwhile, so that only one is started. The locks are of the open file
/// description (fcntl F_OFD_SETLK): they can be asked about without being taken, and no other descriptor's close drops them. The file
/// itself stays for ever: were it unlinked, two processes could lock two files of the same name.
/// </summary>
public sealed unsafe class ServiceFile : IDisposable
{
    private const int ServiceByte = 0;
    private const int LauncherByte = 1;

    /// <summary>The longest pid, a newline and then some.</summary>
    private const int MaxLength = 32;

    private readonly ControlDirectory _directory;
    private int _fd;

    private ServiceFile(ControlDirectory directory, int fd) => (_directory, _fd) = (directory, fd);

    /// <summary>For a service that starts: makes it the directory's service, or returns null when there is one already.</summary>
    /// <exception cref="ControlException">The file cannot be created or locked.</exception>
    public static ServiceFile? TryAcquire(ControlDirectory directory)
    {
        ServiceFile file = Open(directory);
        if (!file.TryLock(ServiceByte))
        {
            file.Dispose();
            return null;
        }

        if (ftruncate(file._fd, 0) != 0)
            throw ControlException.FromErrno(errno, $"cannot empty {directory.ServiceFile}");
        return file;
    }

    /// <summary>For a service whose control socket answers now: tells clients its pid.</summary>
    /// <exception cref="ControlException">The file cannot be written.</exception>
    public void Publish(int pid)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{pid}\n"));
        fixed (byte* p = text)
        {
            if (pwrite(_fd, p, text.Length, 0) != text.Length)
                throw ControlException.FromErrno(errno, $"cannot write {_directory.ServiceFile}");
        }
    }

    /// <summary>For clients: the pid of the service that lives, or null when none does or when it does not serve yet.</summary>
    /// <exception cref="ControlException">The file cannot be read.</exception>
    public static int? FindService(ControlDirectory directory)
    {
        int fd = open(directory.ServiceFile, O_RDONLY | O_CLOEXEC, 0);
        if (fd < 0)
            return errno is Errno.ENOENT ? null : throw ControlException.FromErrno(errno, $"cannot open {directory.ServiceFile}");
        using ServiceFile file = new(directory, fd);
        return file.IsLocked(ServiceByte) ? file.ReadPid() : null;
    }

    /// <summary>
    /// For clients that start a service: the right to do so, once no other client is about it; null when the deadline passes.
    /// </summary>
    /// <exception cref="ControlException">The file cannot be created or locked.</exception>
    internal static ServiceFile? AwaitLaunch(ControlDirectory directory, Deadline deadline)
    {
        ServiceFile file = Open(directory);
        while (!file.TryLock(LauncherByte))
        {
            if (deadline.HasPassed)
            {
                file.Dispose();
                return null;
            }

            Thread.Sleep(ControlConnection.RetryInterval);
        }

        return file;
    }

    /// <summary>Whether a service lives, serving already or not.</summary>
    internal bool HasService() => IsLocked(ServiceByte);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _fd, -1) is >= 0 and int fd)
            _ = close(fd);
    }

    private static ServiceFile Open(ControlDirectory directory)
    {
        directory.Create();
        int fd = open(directory.ServiceFile, O_RDWR | O_CREAT | O_CLOEXEC, 0x1A4);
        return fd >= 0 ? new ServiceFile(directory, fd) : throw ControlException.FromErrno(errno, $"cannot open {directory.ServiceFile}");
    }

    private int? ReadPid()
    {
        byte* text = stackalloc byte[MaxLength];
        long length = pread(_fd, text, MaxLength, 0);
        if (length < 0)
            throw ControlException.FromErrno(errno, $"cannot read {_directory.ServiceFile}");
        ReadOnlySpan<byte> line = new(text, (int)length);
        return line is [.. var digits, (byte)'\n'] && int.TryParse(digits, CultureInfo.InvariantCulture, out int pid) ? pid : null;
    }

    private bool TryLock(int at)
    {
        flock range = OneByte(at);
        if (fcntl(_fd, F_OFD_SETLK, &range) == 0)
            return true;
        if (errno is Errno.EAGAIN or Errno.EACCES)
            return false;
        throw ControlException.FromErrno(errno, $"cannot lock {_directory.ServiceFile}");
    }

    private bool IsLocked(int at)
    {
        flock range = OneByte(at);
        if (fcntl(_fd, F_OFD_GETLK, &range) != 0)
            throw ControlException.FromErrno(errno, $"cannot ask about the lock on {_directory.ServiceFile}");
        return range.l_type != F_UNLCK;
    }

    private static flock OneByte(int at) => new() { l_type = (short)F_WRLCK, l_whence = (short)SEEK_SET, l_start = at, l_len = 1 };
}
