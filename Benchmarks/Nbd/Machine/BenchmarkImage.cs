using System.Globalization;
using Microsoft.Win32.SafeHandles;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Benchmarks.Nbd.Machine;

/// <summary>The image that all servers serve: made here and removed again, or the user's own, which stays.</summary>
internal sealed class BenchmarkImage : IDisposable
{
    private const int ChunkBytes = 4 << 20;

    private readonly bool _made;

    private BenchmarkImage(string path, long bytes, bool made)
    {
        Path = path;
        Bytes = bytes;
        _made = made;
        IsBlockDevice = DeviceBytes(path) is not null;
    }

    internal string Path { get; }

    internal long Bytes { get; }

    internal bool IsBlockDevice { get; }

    /// <summary>Makes an image of random bytes: without holes and incompressible, so that every read needs the disk.</summary>
    /// <exception cref="BenchmarkException">It exists already or cannot be written.</exception>
    internal static BenchmarkImage Make(string path, long bytes, CancellationToken cancellation)
    {
        bool created = false;
        bool complete = false;
        try
        {
            using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                created = true;
                Fill(file, bytes, cancellation);
            }
            var image = new BenchmarkImage(path, bytes, made: true);
            image.Settle();
            complete = true;
            return image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BenchmarkException($"The image cannot be made: {e.Message}", e);
        }
        finally
        {
            if (created && !complete)
                File.Delete(path);
        }
    }

    /// <summary>Takes an image that exists.</summary>
    /// <exception cref="BenchmarkException">It cannot be read.</exception>
    internal static BenchmarkImage Take(string path)
    {
        try
        {
            return new BenchmarkImage(path, DeviceBytes(path) ?? new FileInfo(path).Length, made: false);
        }
        catch (IOException e)
        {
            throw new BenchmarkException($"The image cannot be used: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes back and drops what the page cache holds of the image, so that no server pays for, or gains from, the one before it.
    /// </summary>
    internal void Settle()
    {
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file);
        int error = posix_fadvise((int)file.DangerousGetHandle(), 0, 0, POSIX_FADV_DONTNEED);
        if (error != 0)
            throw new IOException($"The page cache of '{Path}' cannot be dropped: error {error}.");
    }

    /// <summary>Parts of it were never written: servers answer for them without a disk.</summary>
    internal bool HasHoles()
    {
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return !IsBlockDevice && lseek((int)file.DangerousGetHandle(), 0, SEEK_HOLE) < Bytes;
    }

    public void Dispose()
    {
        if (_made)
            File.Delete(Path);
    }

    private static void Fill(FileStream file, long bytes, CancellationToken cancellation)
    {
        var chunk = new byte[ChunkBytes];
        for (long done = 0; done < bytes; done += ChunkBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            Random.Shared.NextBytes(chunk);
            file.Write(chunk, 0, (int)Math.Min(ChunkBytes, bytes - done));
        }
    }

    private static long? DeviceBytes(string path)
    {
        const int SectorBytes = 512;
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        string size = $"/sys/class/block/{System.IO.Path.GetFileName(target)}/size";
        return target.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(size)
            ? long.Parse(File.ReadAllText(size), CultureInfo.InvariantCulture) * SectorBytes
            : null;
    }
}
