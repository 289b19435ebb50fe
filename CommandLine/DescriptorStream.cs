using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.CommandLine;

/// <summary>
/// Writes to a descriptor with write(2), as C's stdio does. FileStream would keep a position of its own on a file that several processes
/// append to, and System.Console would have a terminal to set up.
/// </summary>
public sealed unsafe class DescriptorStream(int fd) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The reader is gone, the disk is full, …</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            long n;
            fixed (byte* p = buffer)
                n = LibC.write(fd, p, buffer.Length);
            if (n >= 0)
                buffer = buffer[(int)n..];
            else if (LibC.errno is not Errno.EINTR and var errno)
                throw new IOException($"cannot write to descriptor {fd}: {Errno.Describe(errno)}");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
