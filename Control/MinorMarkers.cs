using Tapvisor.Messages;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Control;

/// <summary>
/// The minors: empty files tapdisk-N, created by allocate, removed by free, flock(2)ed by the tapdisk that has attached them
/// (control/tap-ctl-allocate.c, tap-ctl-free.c; drivers/tapdisk-vbd.c, tapdisk_vbd_lock). The directory's lock makes changes one at a time.
/// </summary>
/// <param name="directory">Where the markers lie.</param>
/// <param name="limit">Minors are 0 … limit - 1.</param>
public sealed class MinorMarkers(ControlDirectory directory, int limit = MinorMarkers.MaxMinors)
{
    /// <summary>Upstream's limit: include/blktap.h, MAX_ID.</summary>
    public const int MaxMinors = 16384;

    internal const string Prefix = "tapdisk-";

    /// <summary>Creates the marker of the lowest free minor.</summary>
    /// <exception cref="ControlException">ENOSPC when every minor is taken; errno of the file system.</exception>
    public int Allocate()
    {
        directory.CreateMarkerDirectory();
        using LockedFile turn = LockedFile.Wait(directory.MarkerDirectory, "the directory of minors");
        HashSet<int> taken = ControlDirectory.NumbersOf(directory.MarkerDirectory, Prefix);
        for (int minor = 0; minor < limit; minor++)
        {
            if (taken.Contains(minor))
                continue;
            int fd = open(directory.Marker(minor), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0x180);
            if (fd >= 0)
            {
                _ = close(fd);
                return minor;
            }

            if (errno != Errno.EEXIST)
                throw ControlException.FromErrno(errno, $"cannot create the marker {directory.Marker(minor)}");
        }

        throw new ControlException(Errno.ENOSPC, $"all {limit} minors in {directory.MarkerDirectory} are taken");
    }

    /// <summary>Removes a minor's marker.</summary>
    /// <exception cref="ControlException">
    /// ENOENT without marker, EAGAIN while a tapdisk has it attached; errno of the file system.
    /// </exception>
    public void Free(int minor)
    {
        string marker = directory.Marker(minor);
        using LockedFile turn = LockedFile.Wait(directory.MarkerDirectory, "the directory of minors");
        using LockedFile free = LockedFile.Try(marker, "the marker")
            ?? throw new ControlException(Errno.EAGAIN, $"minor {minor} is attached to a tapdisk");
        if (unlink(marker) != 0)
            throw ControlException.FromErrno(errno, $"cannot remove the marker {marker}");
    }

    /// <summary>
    /// Takes a minor for a tapdisk, for as long as the result lives. Unlike upstream this never waits for another tapdisk, and never ends
    /// up with a marker that is being freed.
    /// </summary>
    /// <exception cref="ControlException">ENOENT without marker, EBUSY when another tapdisk has it; errno of the file system.</exception>
    public LockedFile Attach(int minor)
    {
        using LockedFile turn = LockedFile.Wait(directory.MarkerDirectory, "the directory of minors");
        return LockedFile.Try(directory.Marker(minor), "the marker")
            ?? throw new ControlException(Errno.EBUSY, $"minor {minor} is attached to another tapdisk");
    }

    /// <summary>The minors that have markers, in the order of the markers' names.</summary>
    /// <exception cref="ControlException">The directory cannot be read.</exception>
    public List<int> Find() => ControlDirectory.Numbered(directory.MarkerDirectory, Prefix);
}
