using System.Text;
using Microsoft.Win32.SafeHandles;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Files;

/// <summary>
/// An image's file or device, read and written synchronously and past the page cache, since another host may have written it or be about to
/// read it; where that cannot be done in sectors every write goes through instead (libvhd.c, open_optional_odirect). Threads may share it.
/// </summary>
internal sealed unsafe class VhdImageFile : IDisposable
{
    private const ushort DefaultMode = 0x1A4; // 0644

    /// <summary>Transfers that are not aligned go through a buffer in pieces of this size.</summary>
    private const int BounceSize = 64 << 10;

    private static readonly AsyncLocal<IFileChanges?> s_observer = new();

    private readonly SafeFileHandle _handle;
    private readonly bool _direct;

    private VhdImageFile(string path, SafeFileHandle handle, bool direct)
    {
        (Path, _handle, _direct) = (path, handle, direct);
        Status = FileStatus.Of(Descriptor, path);
    }

    /// <summary>Who is told of every change that this thread, and those that it starts, make to files; for simulating crashes.</summary>
    public static IFileChanges? Observer
    {
        get => s_observer.Value;
        set => s_observer.Value = value;
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
            long length = LibC.lseek(Descriptor, 0, LibC.SEEK_END);
            return length >= 0 ? length : throw FileErrors.Last("find the end of", Path);
        }
    }

    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <exception cref="BlockException">It cannot be opened.</exception>
    public static VhdImageFile Open(string path, ImageAccess access)
    {
        Observer?.Opening(path, access);
        int flags = LibC.O_CLOEXEC | (access == ImageAccess.Read ? LibC.O_RDONLY : LibC.O_RDWR)
            | (access == ImageAccess.Create ? LibC.O_CREAT | LibC.O_TRUNC : 0);
        int fd = OpenDescriptor(path, flags | LibC.O_DIRECT);
        if (fd >= 0)
        {
            SafeFileHandle handle = new(fd, ownsHandle: true);
            if (FileStatus.Of(fd, path).DirectAlignment <= VHD_SECTOR_SIZE)
                return new VhdImageFile(path, handle, direct: true);
            handle.Dispose();
        }
        else if (LibC.errno != Errno.EINVAL)
        {
            throw FileErrors.Last("open", path);
        }

        fd = OpenDescriptor(path, flags | LibC.O_DSYNC);
        return fd >= 0 ? new VhdImageFile(path, new SafeFileHandle(fd, ownsHandle: true), direct: false) : throw FileErrors.Last("open", path);
    }

    /// <summary>Removes a file.</summary>
    public static void Delete(string path)
    {
        System.IO.File.Delete(path);
        Observer?.Deleted(path);
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
        long data = LibC.lseek(Descriptor, offset, LinuxCalls.SEEK_DATA);
        return data >= 0 ? data < offset + length : LibC.errno != Errno.ENXIO;
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
            if (length <= 0)
                return;
            if (LibC.fallocate(Descriptor, LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE, offset, length) == 0)
            {
                Observer?.Zeroed(Path, offset, length);
                return;
            }
        }
        else
        {
            ulong* range = stackalloc ulong[2] { (ulong)offset, (ulong)length };
            if (LibC.ioctl(Descriptor, LinuxCalls.BLKZEROOUT, range) == 0)
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

    /// <summary>Makes a range of a file at its end, or of a device, read as zeroes and take space.</summary>
    public void Reserve(long offset, long length)
    {
        if (IsBlockDevice)
        {
            Zero(offset, length);
        }
        else if (LibC.fallocate(Descriptor, 0, offset, length) == 0)
        {
            Observer?.Resized(Path, Length);
        }
        else
        {
            if (LibC.errno != Errno.EOPNOTSUPP)
                throw FileErrors.Last($"reserve {length} bytes for", Path);
            WriteZeroes(offset, length);
        }
    }

    /// <summary>Sets the length of a file; a device keeps its own.</summary>
    public void Truncate(long length)
    {
        if (!IsBlockDevice && LibC.ftruncate(Descriptor, length) != 0)
            throw FileErrors.Last($"set the length to {length} bytes of", Path);
        if (!IsBlockDevice)
            Observer?.Resized(Path, length);
    }

    /// <summary>Returns when everything is on stable storage.</summary>
    public void Sync()
    {
        if (LibC.fsync(Descriptor) != 0)
            throw FileErrors.Last("flush", Path);
        Observer?.Synced(Path);
    }

    public void Dispose() => _handle.Dispose();

    private static int OpenDescriptor(string path, int flags)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            return LibC.open(name, flags, DefaultMode);
    }

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
                long n = LibC.pread(Descriptor, p + done, buffer.Length - done, offset + done);
                if (n > 0)
                    done += (int)n;
                else if (n == 0 || (done % VHD_SECTOR_SIZE != 0 && LibC.errno == Errno.EINVAL))
                    break;
                else if (LibC.errno != Errno.EINTR)
                    throw FileErrors.Last($"read {buffer.Length} bytes at {offset} of", Path);
            }
        }

        return done;
    }

    private void WriteAligned(long offset, ReadOnlySpan<byte> buffer)
    {
        Observer?.Writing(Path, offset, buffer);
        fixed (byte* p = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                long n = LibC.pwrite(Descriptor, p + done, buffer.Length - done, offset + done);
                if (n > 0)
                    done += (int)n;
                else if (n == 0)
                    throw FileErrors.Of($"write {buffer.Length} bytes at {offset} of", Path, Errno.ENOSPC);
                else if (LibC.errno != Errno.EINTR)
                    throw FileErrors.Last($"write {buffer.Length} bytes at {offset} of", Path);
            }
        }
    }
}
