using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>The console log: one line an event.</summary>
internal static class Logging
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Lines that wait to be written; some minutes of a host that has a bad day.</summary>
    private const int MostLines = 10_000;

    /// <summary>
    /// A logger whose level can be changed while it runs. It writes to standard error, which leaves standard output to answers.
    /// </summary>
    internal static Logger Create(LoggingLevelSwitch level) => new LoggerConfiguration()
        .MinimumLevel.ControlledBy(level)
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)

        // What keeps the service from starting is one sentence of whoever started it, not the host's stack trace.
        .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
        .WriteTo.Sink(new BoundedSink(Lines()))
        .CreateLogger();

    // Whoever reads standard error may stop to: then lines are lost, and nothing that serves disks waits.
    private static Logger Lines() => new LoggerConfiguration()
        .MinimumLevel.Verbose()
        .WriteTo.Async(
            sinks => sinks.Console(
                outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose),
            MostLines)
        .CreateLogger();

    /// <summary>The same level in Serilog's words.</summary>
    internal static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
