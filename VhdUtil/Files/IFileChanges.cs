namespace Tapvisor.VhdUtil.Files;

/// <summary>Hears of changes to files, from any thread, in an order in which they may have been made.</summary>
internal interface IFileChanges
{
    /// <summary>A file is about to be opened, and made or emptied if <paramref name="access"/> says so.</summary>
    void Opening(string path, ImageAccess access);

    /// <summary>Bytes are about to be written.</summary>
    void Writing(string path, long offset, ReadOnlySpan<byte> data);

    /// <summary>A range became zero.</summary>
    void Zeroed(string path, long offset, long length);

    /// <summary>A file got another length.</summary>
    void Resized(string path, long length);

    /// <summary>All that was told of a file is on stable storage.</summary>
    void Synced(string path);

    /// <summary>A file was removed.</summary>
    void Deleted(string path);
}
