namespace Tapvisor.Tests;

/// <summary>A directory that goes with its test; its path is short enough for sockets.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("tv-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a file of that many bytes, sparse.</summary>
    internal string Image(string name, long bytes)
    {
        string path = At(name);
        using FileStream file = File.Create(path);
        file.SetLength(bytes);
        return path;
    }
}
