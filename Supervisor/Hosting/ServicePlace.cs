using Tapvisor.Control;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Control;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>Where a service works: looked at before anything is made, because disks that come back would fail one by one.</summary>
internal static class ServicePlace
{
    /// <exception cref="ServiceConfigurationException">There can be no service.</exception>
    /// <exception cref="ControlException">The directory cannot be made, or there is no such group.</exception>
    internal static void Check(ControlDirectory directory, ControlOptions control)
    {
        // The longest of the names that a disk gets.
        if (!ControlDirectory.IsSocketPath(directory.NbdServerNewSocket(Environment.ProcessId, MinorMarkers.MaxMinors - 1)))
        {
            throw new ServiceConfigurationException(
                $"The control directory '{directory.Path}' has {directory.Path.Length} characters, and a socket in it would have a path of more than "
                + $"{ControlDirectory.MaxSocketPathLength - 1} bytes, which is the most.");
        }
        foreach (string place in (string[])[directory.Path, directory.MarkerDirectory, directory.Journals, directory.Rings])
        {
            if (Path.Exists(place) && !Directory.Exists(place))
                throw new ServiceConfigurationException($"'{place}' is no directory, and the service needs one there.");
        }
        directory.Create();
        _ = UnixGroups.Find(control.Group);
    }
}
