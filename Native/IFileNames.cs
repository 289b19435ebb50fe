namespace Tapvisor.Native;

/// <summary>What there is to ask about the names of files, without opening any: by these, formats find parents.</summary>
public interface IFileNames
{
    /// <summary>Whether the path leads to something, links followed.</summary>
    bool Exists(string path);

    /// <summary>Whether what the path leads to may be opened for reading; if not, the errno.</summary>
    bool IsReadable(string path, out int error);

    /// <summary>The absolute path without links, or null and the errno.</summary>
    string? Resolve(string path, out int error);
}
