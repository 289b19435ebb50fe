using Tapvisor.Native;

namespace Tapvisor.Control;

/// <summary>How a process ended: a wait status of waitpid(2).</summary>
internal readonly record struct ProcessExit(int Status)
{
    private int Signal => Status & 0x7F;

    private int Code => (Status >> 8) & 0xFF;

    /// <summary>
    /// The exit code, which for a tapdisk is an errno; EIO for success, that should not have been, and EINTR for a signal, as upstream has
    /// it.
    /// </summary>
    public int Errno => Signal != 0 ? Native.Errno.EINTR : Code == 0 ? Native.Errno.EIO : Code;

    public string Text => Signal != 0 ? $"was killed by signal {Signal}" : $"exited with status {Code}";
}
