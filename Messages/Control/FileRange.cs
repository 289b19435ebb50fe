using System.Runtime.InteropServices;

namespace Tapvisor.Messages.Control;

/// <summary>struct flock of a 64-bit Linux, for fcntl(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileRange
{
    public short Type;
    public short Whence;
    public long Start;
    public long Length;

    /// <summary>Must be 0 for locks of an open file description.</summary>
    public int Pid;

    public static FileRange Byte(short type, long at) => new() { Type = type, Start = at, Length = 1 };
}
