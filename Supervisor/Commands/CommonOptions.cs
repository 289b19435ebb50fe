using System.CommandLine;
using Serilog.Core;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Supervisor.Commands;

/// <summary>Options that both commands take, and what they come to.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = $"Configuration file (HOCON), over the defaults; without it {ConfigurationFile.HostPath}, if that exists.",
    };

    private readonly Option<string?> _directory = new("--control-directory")
    {
        Description = "Where sockets, minors and journals are, over the configuration and TAPVISOR_CONTROL_DIR.",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_directory);
    }

    /// <summary>Reads and checks the configuration.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="onDemand">A client started the service.</param>
    /// <param name="fallback">Gives another directory for one that cannot be used; null to insist.</param>
    /// <exception cref="ServiceConfigurationException">It cannot be used.</exception>
    internal ServiceOptions Read(ParseResult parsed, bool onDemand, Func<string, string>? fallback = null)
    {
        string? path = parsed.GetValue(_config);
        if (path is "")
            throw new ServiceConfigurationException("--config names no file.");
        SettingValues values = ConfigurationFile.Load(path);
        ServiceSettings settings = SettingsReader.Read(values);
        if (parsed.GetValue(_directory) is "")
            throw new ServiceConfigurationException("--control-directory names no directory.");
        if (parsed.GetValue(_directory) is { } directory)
            settings = settings with { ControlDirectory = Path.GetFullPath(directory) };
        else if (fallback is not null)
            settings = settings with { ControlDirectory = fallback(settings.ControlDirectory) };
        return new ServiceOptions(values.Hocon, settings, path, onDemand, new LoggingLevelSwitch(Logging.ToSerilog(settings.LogLevel)));
    }
}
