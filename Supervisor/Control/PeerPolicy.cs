using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tapvisor.Supervisor.Control;

/// <summary>Who may use the control socket: root, the service's own user, and members of one group.</summary>
/// <param name="group">The group's number, or null.</param>
internal sealed class PeerPolicy(uint? group)
{
    // <asm-generic/socket.h>.
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int SO_PEERGROUPS = 59;

    private const int CredentialsLength = 12;

    // NGROUPS_MAX of Linux, four bytes each.
    private const int GroupsLength = 65536 * sizeof(uint);

    /// <summary>The group's number.</summary>
    internal uint? Group { get; } = group;

    /// <summary>Asks the kernel who is at the other end.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="who">For the log: pid, uid and gid.</param>
    internal bool Allows(Socket peer, out string who)
    {
        Span<byte> credentials = stackalloc byte[CredentialsLength];
        int length = peer.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials);
        if (length != CredentialsLength)
            throw new InvalidOperationException($"SO_PEERCRED gives {length} bytes, not {CredentialsLength}.");
        int pid = BinaryPrimitives.ReadInt32LittleEndian(credentials);
        uint uid = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        uint gid = BinaryPrimitives.ReadUInt32LittleEndian(credentials[8..]);
        who = $"pid {pid}, uid {uid}, gid {gid}";
        return uid == 0 || uid == EffectiveUser() || (Group is { } allowed && (gid == allowed || HasGroup(peer, allowed)));
    }

    private static bool HasGroup(Socket peer, uint group)
    {
        byte[] groups = new byte[GroupsLength];
        int length = peer.GetRawSocketOption(SOL_SOCKET, SO_PEERGROUPS, groups);
        return MemoryMarshal.Cast<byte, uint>(groups.AsSpan(0, length)).Contains(group);
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
