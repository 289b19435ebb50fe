namespace Tapvisor.Native;

/// <summary>
/// The one exception of the data plane's control path: opening, closing, resizing. A request that fails returns a negative errno
/// instead; a request whose driver throws faults the driver.
/// </summary>
/// <param name="kind">What to do about it.</param>
/// <param name="errno">Positive errno for whoever asked.</param>
/// <param name="message">One sentence: what, where, and the offending value.</param>
/// <param name="inner">The cause, if it was another exception.</param>
public sealed class BlockException(BlockErrorKind kind, int errno, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What to do about it.</summary>
    public BlockErrorKind Kind { get; } = kind;

    /// <summary>Positive errno for whoever asked.</summary>
    public int Errno { get; } = errno;
}
