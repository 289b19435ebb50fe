using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Tapvisor.Native;

// <poll.h>
public static unsafe partial class LinuxCalls
{
    /// <summary>That of Tmds.LibC does not keep <see cref="LibC.errno"/>: an interrupted wait could not be told from a failed one.</summary>
    [LibraryImport(libc, SetLastError = true)]
    public static partial int poll(pollfd* fds, nuint nfds, int timeout);
}
