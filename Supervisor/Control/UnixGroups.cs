using System.Globalization;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Supervisor.Control;

/// <summary>Groups of the host, by /etc/group.</summary>
internal static class UnixGroups
{
    private const string GroupFile = "/etc/group";

    /// <summary>The number of a group given by name or number.</summary>
    /// <returns>Null for an empty name.</returns>
    /// <exception cref="ControlException">There is no such group.</exception>
    internal static uint? Find(string group)
    {
        if (group.Length == 0)
            return null;
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            return number;
        foreach (string line in File.ReadLines(GroupFile))
        {
            // name:password:gid:members, as group(5) says.
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == group)
                return uint.Parse(fields[2], CultureInfo.InvariantCulture);
        }
        throw new ControlException(Errno.EINVAL, $"tapvisor.control-group is '{group}', but {GroupFile} has no such group");
    }

    /// <summary>Makes a file the group's.</summary>
    /// <exception cref="ControlException">chown(2) failed.</exception>
    internal static void Give(string path, uint group)
    {
        if (LinuxCalls.chown(path, uint.MaxValue, group) != 0)
            throw ControlException.FromErrno(LibC.errno, $"'{path}' cannot be given to group {group}");
    }
}
