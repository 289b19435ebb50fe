using System.Globalization;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Simulation.Hypervisor;

/// <summary>Pending ports of one end, in a pipe with a name, so that processes that did not start each other can meet.</summary>
internal sealed unsafe class LoopbackQueue(int descriptor)
{
    internal int Descriptor => descriptor;

    internal static string BackendPath(string root, int pid, int number) =>
        Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"backend-{pid}-{number}.events"));

    /// <summary>Makes a queue to take from.</summary>
    internal static LoopbackQueue Create(string path)
    {
        File.Delete(path);
        if (mkfifo(path, 0x180 /* 0600 */) < 0)
            throw new BlockException(BlockErrorKind.Io, errno, $"The pipe '{path}' cannot be made: {Errno.Describe(errno)}.");

        // Open for both ways it never ends, however many of those who write come and go.
        return new LoopbackQueue(Open(path, O_RDWR));
    }

    /// <summary>Somebody else's queue, to put into; null when nobody takes from it.</summary>
    internal static LoopbackQueue? Find(string path)
    {
        int descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0);
        return descriptor < 0 ? null : new LoopbackQueue(descriptor);
    }

    /// <returns>0 or a negative errno; EPIPE when nobody takes any more.</returns>
    internal int Put(uint port) => write(descriptor, &port, sizeof(uint)) < 0 ? -errno : 0;

    internal int Take(Span<uint> ports)
    {
        fixed (uint* first = ports)
        {
            long taken = read(descriptor, first, ports.Length * sizeof(uint));
            return taken < 0 ? 0 : (int)(taken / sizeof(uint));
        }
    }

    internal void Close() => _ = close(descriptor);

    private static int Open(string path, int flags)
    {
        int descriptor = open(path, flags | O_NONBLOCK | O_CLOEXEC, 0);
        return descriptor >= 0
            ? descriptor
            : throw new BlockException(BlockErrorKind.Io, errno, $"The pipe '{path}' cannot be opened: {Errno.Describe(errno)}.");
    }
}
