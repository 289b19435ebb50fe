using Tapvisor.Messages;

namespace Tapvisor.Actors.Disks;

/// <summary>The marker files by which minors are allocated and held.</summary>
public interface IMinorMarkers
{
    /// <summary>Locks a minor's marker until the result is disposed.</summary>
    /// <exception cref="ControlException">ENOENT without a marker, EBUSY when another tapdisk has attached the minor.</exception>
    IDisposable Hold(int minor);
}
