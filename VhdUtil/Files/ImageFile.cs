using Microsoft.Win32.SafeHandles;
using Tapvisor.BlockIo;
using Tapvisor.Native;
using static Tapvisor.ImageDrivers.Vhd.Format.VhdConstants;

namespace Tapvisor.VhdUtil.Files;

/// <summary>
/// An image's file or device, read and written synchronously and past the page cache, since another host may have written it or be about to
/// read it; where that cannot be done in sectors every write goes through instead (libvhd.c, open_optional_odirect). Threads may share it.
/// </summary>
internal sealed unsafe class ImageFile : IDisposable
{
    private const int DefaultMode = 0x1A4; // 0644

    /// <summary>Transfers that are not aligned go through a buffer in pieces of this size.</summary>
    private const int BounceSize = 64 << 10;

    private readonly SafeFileHandle _handle;
    private readonly bool _direct;

    private ImageFile(string path, SafeFileHandle handle, bool direct)
    {
        (Path, _handle, _direct) = (path, handle, direct);
        Status = FileStatus.Of(Descriptor, path);
    }

    /// <summary>As given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>As of opening.</summary>
    public FileStatus Status { get; }

    /// <summary>Of fixed length, its footer in the last sector.</summary>
    public bool IsBlockDevice => Status.IsBlockDevice;

    /// <summary>Bytes.</summary>
    public long Length
    {
        get
        {
            long length = Libc.lseek(Descriptor, 0, Libc.SEEK_END);
            return length >= 0 ? length : throw Libc.Error("find the end of", Path);
        }
    }

    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <exception cref="BlockException">It cannot be opened.</exception>
    public static ImageFile Open(string path, ImageAccess access)
    {
        int flags = Libc.O_CLOEXEC | (access == ImageAccess.Read ? Libc.O_RDONLY : Libc.O_RDWR)
            | (access == ImageAccess.Create ? Libc.O_CREAT | Libc.O_TRUNC : 0);
        int fd = Libc.open(path, flags | Libc.O_DIRECT, DefaultMode);
        if (fd >= 0)
        {
            SafeFileHandle handle = new(fd, ownsHandle: true);
            if (FileStatus.Of(fd, path).DirectAlignment <= VHD_SECTOR_SIZE)
                return new ImageFile(path, handle, direct: true);
            handle.Dispose();
        }
        else if (Libc.LastError != Errno.EINVAL)
        {
            throw Libc.Error("open", path);
        }

        fd = Libc.open(path, flags | Libc.O_DSYNC, DefaultMode);
        return fd >= 0 ? new ImageFile(path, new SafeFileHandle(fd, ownsHandle: true), direct: false) : throw Libc.Error("open", path);
    }

    /// <summary>Reads what there is at <paramref name="offset"/>; less than asked for only at the end of the file.</summary>
    /// <returns>Bytes read.</returns>
    public int ReadUpTo(long offset, Span<byte> buffer)
    {
        if (IsAligned(offset, buffer))
            return Read(offset, buffer);
        using AlignedBuffer bounce = new(BounceSize);
        int done = 0;
        while (done < buffer.Length)
        {
            int skip = (int)((offset + done) % VHD_SECTOR_SIZE);
            int wanted = Math.Min(buffer.Length - done, BounceSize - skip);
            int size = (skip + wanted + VHD_SECTOR_SIZE - 1) & ~(VHD_SECTOR_SIZE - 1);
            int read = Math.Min(Read(offset + done - skip, bounce.Span[..size]) - skip, wanted);
            if (read <= 0)
                break;
            bounce.Span.Slice(skip, read).CopyTo(buffer[done..]);
            done += read;
            if (read < wanted)
                break;
        }

        return done;
    }

    /// <summary>Fills the buffer; what lies beyond the end of the file reads as zeroes.</summary>
    public void ReadPadded(long offset, Span<byte> buffer) => buffer[ReadUpTo(offset, buffer)..].Clear();

    /// <summary>False when a range is known to be a hole.</summary>
    public bool HasData(long offset, long length)
    {
        long data = Libc.lseek(Descriptor, offset, Libc.SEEK_DATA);
        return data >= 0 ? data < offset + length : Libc.LastError != Errno.ENXIO;
    }

    /// <summary>Writes whole sectors.</summary>
    public void Write(long offset, ReadOnlySpan<byte> buffer)
    {
        if (IsAligned(offset, buffer))
        {
            WriteAligned(offset, buffer);
            return;
        }

        if (((offset | (long)buffer.Length) & (VHD_SECTOR_SIZE - 1)) != 0)
            throw new ArgumentException($"{buffer.Length} bytes at {offset} are no whole sectors.", nameof(buffer));
        using AlignedBuffer bounce = new(Math.Min(BounceSize, buffer.Length));
        for (int done = 0; done < buffer.Length;)
        {
            int size = Math.Min(bounce.Size, buffer.Length - done);
            buffer.Slice(done, size).CopyTo(bounce.Span);
            WriteAligned(offset + done, bounce.Span[..size]);
            done += size;
        }
    }

    /// <summary>Makes a range read as zeroes; in a file it takes no space if that can be had, and beyond the end nothing is done.</summary>
    public void Zero(long offset, long length)
    {
        if (!IsBlockDevice)
        {
            length = Math.Min(length, Length - offset);
            if (length <= 0 || Libc.fallocate(Descriptor, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length) == 0)
                return;
        }
        else
        {
            ulong* range = stackalloc ulong[2] { (ulong)offset, (ulong)length };
            if (Libc.ioctl(Descriptor, Libc.BLKZEROOUT, range) == 0)
                return;
        }

        WriteZeroes(offset, length);
    }

    /// <summary>Writes zeroes, which take space.</summary>
    public void WriteZeroes(long offset, long length)
    {
        using AlignedBuffer zeroes = new((int)Math.Min(length, DD_BLOCKSIZE_DEFAULT));
        for (long done = 0; done < length; done += zeroes.Size)
            WriteAligned(offset + done, zeroes.Span[..(int)Math.Min(zeroes.Size, length - done)]);
    }

    /// <summary>Sets the length of a file; a device keeps its own.</summary>
    public void Truncate(long length)
    {
        if (!IsBlockDevice && Libc.ftruncate(Descriptor, length) != 0)
            throw Libc.Error($"set the length to {length} bytes of", Path);
    }

    /// <summary>Returns when everything is on stable storage.</summary>
    public void Sync()
    {
        if (Libc.fsync(Descriptor) != 0)
            throw Libc.Error("flush", Path);
    }

    public void Dispose() => _handle.Dispose();

    private bool IsAligned(long offset, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
            return !_direct || (((long)p | offset | (long)buffer.Length) & (VHD_SECTOR_SIZE - 1)) == 0;
    }

    private int Read(long offset, Span<byte> buffer)
    {
        int done = 0;
        fixed (byte* p = buffer)
        {
            while (done < buffer.Length)
            {
                nint n = Libc.pread(Descriptor, p + done, buffer.Length - done, offset + done);
                if (n > 0)
                    done += (int)n;
                else if (n == 0 || (done % VHD_SECTOR_SIZE != 0 && Libc.LastError == Errno.EINVAL))
                    break;
                else if (Libc.LastError != Errno.EINTR)
                    throw Libc.Error($"read {buffer.Length} bytes at {offset} of", Path);
            }
        }

        return done;
    }

    private void WriteAligned(long offset, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                nint n = Libc.pwrite(Descriptor, p + done, buffer.Length - done, offset + done);
                if (n > 0)
                    done += (int)n;
                else if (n == 0)
                    throw Libc.Error($"write {buffer.Length} bytes at {offset} of", Path, Errno.ENOSPC);
                else if (Libc.LastError != Errno.EINTR)
                    throw Libc.Error($"write {buffer.Length} bytes at {offset} of", Path);
            }
        }
    }
}
