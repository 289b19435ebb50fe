using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Sockets;

/// <summary>A connected stream socket, used on its engine's thread only: one receive and one send in flight at a time.</summary>
public abstract class IoSocket(IoScope scope)
{
    /// <summary>What the operations of this socket are counted in.</summary>
    public IoScope Scope { get; } = scope;

    /// <summary>
    /// Receives what is there, at least one byte; with <paramref name="all"/> it waits until the buffer is full (MSG_WAITALL).
    /// </summary>
    /// <returns>Bytes received (less than asked with <paramref name="all"/> only at the end), 0 at the end of the stream, or a negative
    /// errno.</returns>
    public abstract IoTask<int> ReceiveAsync(IoBuffer buffer, bool all = false);

    /// <summary>
    /// Sends all parts in order (MSG_WAITALL | MSG_NOSIGNAL); the list and the memory must stay unchanged until it returns.
    /// </summary>
    /// <returns>The number of bytes of all parts, or a negative errno; then some of them may have been sent.</returns>
    public abstract IoTask<int> SendAsync(IoVectorList parts);

    /// <summary>
    /// Receives one message with at most one passed descriptor (SCM_RIGHTS, close-on-exec).
    /// </summary>
    /// <param name="buffer">For the message's bytes.</param>
    /// <returns>The descriptor; −ENOMSG when the message carried none, −ENOTCONN at the end of the stream, or another negative
    /// errno.</returns>
    public abstract IoTask<int> ReceiveDescriptorAsync(IoBuffer buffer);

    /// <summary>
    /// Ends both directions at once, which wakes a receive or send in flight; the descriptor stays until <see cref="CloseAsync"/>.
    /// </summary>
    public abstract void Shutdown();

    /// <summary>Shuts down, waits for what is in flight, closes. Works on a revoked scope; idempotent.</summary>
    public abstract IoTask<int> CloseAsync();
}
