using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Supervisor.Control;

/// <summary>Who may use the control socket: root, the service's own user, and members of one group.</summary>
/// <param name="group">The group's number, or null.</param>
internal sealed class PeerPolicy(uint? group)
{
    /// <summary>The group's number.</summary>
    internal uint? Group { get; } = group;

    /// <summary>Asks the kernel who is at the other end.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="who">For the log: pid, uid and gid.</param>
    internal bool Allows(Socket peer, out string who)
    {
        ucred credentials = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ucred>(ref credentials));
        int length = peer.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, bytes);
        if (length != bytes.Length)
            throw new InvalidOperationException($"SO_PEERCRED gives {length} bytes, not {bytes.Length}.");
        (uint uid, uint gid) = (credentials.uid, credentials.gid);
        who = $"pid {credentials.pid}, uid {uid}, gid {gid}";
        return uid == 0 || uid == geteuid() || (Group is { } allowed && (gid == allowed || HasGroup(peer, allowed)));
    }

    private static bool HasGroup(Socket peer, uint group)
    {
        byte[] groups = new byte[NGROUPS_MAX * sizeof(uint)];
        int length = peer.GetRawSocketOption(SOL_SOCKET, SO_PEERGROUPS, groups);
        return MemoryMarshal.Cast<byte, uint>(groups.AsSpan(0, length)).Contains(group);
    }
}
