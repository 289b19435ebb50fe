using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>Limits of one disk's NBD service.</summary>
public sealed record NbdOptions
{
    /// <summary>Connections of one disk, whichever way they came; further ones are closed at once.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Requests of one connection that are not answered yet; further ones are left in the socket.</summary>
    public int MaxRequestsPerConnection { get; init; } = 128;

    /// <summary>Time for a client to get from its first byte to its first request; a silent one must not hold a place.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that clients get to take their last answers when the disk is closed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Bytes of a connection's receive buffer: some dozens of small writes fit, so that one receive brings them all. At least
    /// <see cref="LeastReceiveBufferBytes"/>.
    /// </summary>
    public int ReceiveBufferBytes { get; init; } = 256 << 10;

    /// <summary>Access to the sockets: the user that runs the service.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>An option's data, and a small write with its header, must fit.</summary>
    public const int LeastReceiveBufferBytes = NbdMagic.MaxOptionData + NbdMagic.OptionHeaderSize;

    /// <summary>Connections that the kernel keeps for a listener until they are accepted (upstream: 10).</summary>
    internal const int Backlog = 64;
}
