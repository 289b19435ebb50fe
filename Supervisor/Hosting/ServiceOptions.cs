using Akka.Configuration;
using Serilog.Core;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>How this run of the service was asked for.</summary>
/// <param name="Hocon">The configuration as read, for the actor system.</param>
/// <param name="Settings">The configuration as checked.</param>
/// <param name="ConfigurationPath">The file that the command line names, or null; read again at SIGHUP.</param>
/// <param name="OnDemand">A client started it: it ends some time after its last disk has gone.</param>
/// <param name="LogLevel">The level in force.</param>
internal sealed record ServiceOptions(
    Config Hocon, ServiceSettings Settings, string? ConfigurationPath, bool OnDemand, LoggingLevelSwitch LogLevel);
