using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Sockets;

/// <summary>A listening Unix stream socket, used on its engine's thread only.</summary>
public abstract class IoListener(IoScope scope, string path)
{
    /// <summary>What the operations of this listener are counted in.</summary>
    public IoScope Scope { get; } = scope;

    /// <summary>Where it is bound.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// Waits for a connection whose operations count in <paramref name="connection"/>; null when the listener was closed or revoked.
    /// </summary>
    public abstract IoTask<IoSocket?> AcceptAsync(IoScope connection);

    /// <summary>Stops listening, wakes <see cref="AcceptAsync"/>, closes and unlinks. Works on a revoked scope; idempotent.</summary>
    public abstract IoTask<int> CloseAsync();
}
