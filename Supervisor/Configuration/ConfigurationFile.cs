using Akka.Configuration;
using Tapvisor.Supervisor.Configuration.Hocon;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// Finds and reads the configuration: the file that comes with the service, under the host's own
/// (<c>/etc/tapvisor/supervisor.hocon</c>, if it exists) or the one that the command line names. All are one text to the parser, so that a
/// substitution stands for what a setting is in the end, whichever file says so.
/// </summary>
internal static class ConfigurationFile
{
    internal const string HostPath = "/etc/tapvisor/supervisor.hocon";

    // Where the build puts config/supervisor.hocon, beside the executable.
    private const string DefaultName = "config/supervisor.hocon";

    // Of all files together.
    private const int MostCharacters = 4 * SettingsFile.MostBytes;

    // Of files that include each other; a file that is included twice counts twice.
    private const int MostFiles = 100;

    /// <summary>The path of the file that holds every default.</summary>
    internal static string DefaultPath => Path.Combine(AppContext.BaseDirectory, DefaultName);

    /// <summary>Every name that a setting may have; those of groups are not among <see cref="SettingNames.Settings"/>.</summary>
    internal static SettingNames Names() => new(Scan(DefaultPath).Assignments);

    /// <summary>Reads all that applies.</summary>
    /// <param name="named">The file that the command line names, or null.</param>
    /// <exception cref="ServiceConfigurationException">A file is missing or malformed, or says what no setting is.</exception>
    internal static SettingValues Load(string? named)
    {
        ScannedSettings found = Scan(DefaultPath);
        var names = new SettingNames(found.Assignments);
        string? host = named ?? (File.Exists(HostPath) ? HostPath : null);
        if (host is not null)
            ScanInto(found, host, []);
        return Parse(found, names);
    }

    /// <summary>The defaults under a text that is no file's.</summary>
    /// <param name="text">HOCON.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ServiceConfigurationException">It is malformed, or says what no setting is.</exception>
    internal static SettingValues LoadText(string text, string name)
    {
        ScannedSettings found = Scan(DefaultPath);
        var names = new SettingNames(found.Assignments);
        HoconScanner.Scan(name, text, found, (included, place) => ScanInto(found, included, [], place));
        return Parse(found, names);
    }

    private static ScannedSettings Scan(string path)
    {
        var found = new ScannedSettings();
        ScanInto(found, path, []);
        return found;
    }

    /// <summary>An included file is looked for beside the one that includes it.</summary>
    private static void ScanInto(ScannedSettings found, string path, IReadOnlyList<string> includers, string? place = null)
    {
        string full = Path.GetFullPath(path);
        if (includers.Contains(full))
            throw new ServiceConfigurationException($"The configuration '{path}' cannot be used: it includes itself, by {string.Join(", ", includers)}.");
        if (found.Files++ > MostFiles)
            throw new ServiceConfigurationException($"The configuration '{path}' cannot be used: it is one of more than {MostFiles} files that are included.");
        string text = SettingsFile.Read(path, place);
        found.Characters += text.Length;
        if (found.Characters > MostCharacters)
            throw new ServiceConfigurationException($"The configuration '{path}' cannot be used: with all it includes it is larger than {MostCharacters} characters.");
        string directory = Path.GetDirectoryName(full)!;
        HoconScanner.Scan(path, text, found, (name, at) => ScanInto(found, Path.Combine(directory, name), [.. includers, full], at));
    }

    private static SettingValues Parse(ScannedSettings found, SettingNames names)
    {
        found.CheckSubstitutions();
        names.Check(found);
        try
        {
            Config config = ConfigurationFactory.ParseString(found.Text.ToString());
            AkkaSettings.CheckValues(found, config);
            return new SettingValues(config, found);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ServiceConfigurationException))
        {
            // What the scanner lets through the parser understands; should it not, that is a sentence, too.
            throw new ServiceConfigurationException($"The configuration cannot be used: {e.Message}", e);
        }
    }
}
