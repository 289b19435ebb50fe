namespace Tapvisor.VhdUtil.Checking;

/// <summary>The check found something.</summary>
/// <param name="reason">Upstream's line for it.</param>
/// <param name="errno">The exit code.</param>
internal sealed class CheckFailedException(string reason, int errno = Native.Errno.EINVAL) : Exception(reason)
{
    public int Errno { get; } = errno;

    /// <summary>Whether it is worth while to show the headers.</summary>
    public bool IsAboutContent { get; init; } = true;
}
