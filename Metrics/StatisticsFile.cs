namespace Tapvisor.Metrics;

/// <summary>
/// A file of counters that others map: its owner's alone, made anew whatever a dead process left under its name, and removed with its object.
/// </summary>
internal sealed class StatisticsFile : IDisposable
{
    /// <summary>Bytes of a file of counters (upstream drivers/tapdisk-utils.c:shm_create).</summary>
    internal const int PageLength = 4096;

    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // While a file is made it has this at the end of its name.
    private const string Unfinished = "~";

    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>A file that others see once it has its content.</summary>
    internal StatisticsFile(string path, ReadOnlySpan<byte> content)
    {
        _path = path;
        File.Delete(path + Unfinished);
        _file = new FileStream(path + Unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = OwnerAlone,
            BufferSize = 0,
        });
        try
        {
            Replace(content);
            File.Move(path + Unfinished, path, overwrite: true);
        }
        catch
        {
            _file.Dispose();
            File.Delete(path + Unfinished);
            throw;
        }
    }

    /// <summary>Writes over the beginning; a store to a mapping is nothing else to who maps it.</summary>
    internal void Write(ReadOnlySpan<byte> content) => RandomAccess.Write(_file.SafeFileHandle, content, 0);

    /// <summary>Writes all of it.</summary>
    internal void Replace(ReadOnlySpan<byte> content)
    {
        Write(content);
        RandomAccess.SetLength(_file.SafeFileHandle, content.Length);
    }

    public void Dispose()
    {
        _file.Dispose();

        // Somebody may have tidied the directory away.
        if (File.Exists(_path))
            File.Delete(_path);
    }
}
