namespace Tapvisor.Messages;

/// <summary>
/// The one error of this room: a control message, a control directory or the other side of a control socket is not as it should be.
/// The message is one sentence for the operator; <see cref="Errno"/> is what goes on the wire and into exit codes.
/// </summary>
public sealed class ControlException : Exception
{
    public ControlException(int errno, string message, Exception? inner = null) : base(message, inner) => Errno = errno;

    /// <summary>A failed system call: the sentence ends with strerror's text.</summary>
    public static ControlException FromErrno(int errno, string what) => new(errno, $"{what}: {Native.Errno.Describe(errno)}");

    /// <summary>
    /// A tapdisk's ERROR answer. Some failures of upstream's tapdisk have a negative errno, and its text is always empty.
    /// </summary>
    public static ControlException FromAnswer(TapdiskResponse.Error error)
    {
        int errno = error.Errno is < 0 and > int.MinValue ? -error.Errno : error.Errno;
        return new(errno, error.Text.Length > 0 ? error.Text : Native.Errno.Describe(errno)) { IsBare = error.Text.Length == 0 };
    }

    /// <summary>A positive errno.</summary>
    public int Errno { get; }

    /// <summary>True when the message says nothing that <see cref="Errno"/> does not say.</summary>
    public bool IsBare { get; private init; }
}
