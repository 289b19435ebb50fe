using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using MsLogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Akka.Hosting.Logging;

/// <summary>Writes the actor system's log to Microsoft.Extensions.Logging, in the category <c>ActorSystem</c>.</summary>
public class LoggerFactoryLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILogger _logger;

    public LoggerFactoryLogger()
    {
        var setup = Context.System.Settings.Setup.Get<LoggerFactorySetup>();
        _logger = setup.HasValue
            ? setup.Value.LoggerFactory.CreateLogger<ActorSystem>()
            : throw new ConfigurationException(
                $"Could not find any {nameof(ILoggerFactory)}. Check that the {nameof(LoggerFactorySetup)} has been set up.");
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Log(logEvent, Sender.Path);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Log(LogEvent log, ActorPath path)
    {
        MsLogLevel level = LevelOf(log);
        if (_logger.IsEnabled(level))
        {
            _logger.Log(level, default, log, log.Cause, static (state, _) => $"[{state.LogSource}] {state.Message}");
        }
    }

    private static MsLogLevel LevelOf(LogEvent log) => log.LogLevel() switch
    {
        Event.LogLevel.DebugLevel => MsLogLevel.Debug,
        Event.LogLevel.InfoLevel => MsLogLevel.Information,
        Event.LogLevel.WarningLevel => MsLogLevel.Warning,
        _ => MsLogLevel.Error,
    };
}
