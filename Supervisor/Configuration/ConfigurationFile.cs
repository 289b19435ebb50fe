using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// Finds and reads the configuration: the file that comes with the service, under the host's own
/// (<c>/etc/tapvisor/supervisor.hocon</c>, if it exists) or the one that the command line names.
/// </summary>
internal static class ConfigurationFile
{
    internal const string HostPath = "/etc/tapvisor/supervisor.hocon";

    // Where the build puts config/supervisor.hocon, beside the executable.
    private const string DefaultName = "config/supervisor.hocon";

    /// <summary>The path of the file that holds every default.</summary>
    internal static string DefaultPath => Path.Combine(AppContext.BaseDirectory, DefaultName);

    /// <summary>Reads all that applies.</summary>
    /// <param name="named">The file that the command line names, or null.</param>
    /// <exception cref="ServiceConfigurationException">A file is missing or malformed.</exception>
    internal static Config Load(string? named)
    {
        Config defaults = Parse(DefaultPath);
        string? host = named ?? (File.Exists(HostPath) ? HostPath : null);
        return host is null ? defaults : Parse(host, defaults);
    }

    private static Config Parse(string path, Config? fallback = null)
    {
        try
        {
            var config = new Config(ParseFile(path));
            return fallback is null ? config : config.WithFallback(fallback);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ServiceConfigurationException($"The configuration '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>An included file is looked for beside the one that includes it.</summary>
    private static HoconRoot ParseFile(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Parser.Parse(File.ReadAllText(path), name => ParseFile(Path.Combine(directory, name)));
    }
}
