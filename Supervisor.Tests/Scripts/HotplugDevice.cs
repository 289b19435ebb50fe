namespace Tapvisor.Tests.Scripts;

/// <summary>A directory of a XenStore whose nodes are files.</summary>
internal sealed class HotplugDevice(string path, string store)
{
    /// <summary>As in XENBUS_PATH.</summary>
    internal string Path { get; } = path;

    /// <summary>A node's value, or null when it is missing.</summary>
    internal string? this[string node]
    {
        get => File.Exists(FileOf(node)) ? File.ReadAllText(FileOf(node)).TrimEnd('\n') : null;
        set
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(FileOf(node))!);
            File.WriteAllText(FileOf(node), value + "\n");
        }
    }

    private string FileOf(string node) => System.IO.Path.Combine(
        store, System.IO.Path.Combine("/local/domain/0", Path).TrimStart('/'), node, "value");
}
