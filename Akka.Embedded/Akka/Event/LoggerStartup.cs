using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Event;

/// <summary>Starts the configured loggers and subscribes them to their levels.</summary>
internal static class LoggerStartup
{
    private static readonly LogLevel[] Levels =
        [LogLevel.DebugLevel, LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel];

    /// <exception cref="ConfigurationException">A logger's class cannot be used.</exception>
    /// <exception cref="LoggerInitializationException">A logger did not get ready in time.</exception>
    public static void Run(ActorSystemImpl system)
    {
        int number = 0;
        foreach (string typeName in system.Settings.Loggers)
        {
            Type type = TypeLookup.Find(typeName, "akka.loggers");
            IActorRef logger = system.SystemActorOf(Props.Create(type), $"log{++number}-{type.Name}");
            Initialize(system, logger, typeName);
            foreach (LogLevel level in Levels.Where(level => level >= system.EventStream.LogLevel))
            {
                system.EventStream.Subscribe(logger, level.ClassFor());
            }
        }
    }

    private static void Initialize(ActorSystemImpl system, IActorRef logger, string typeName)
    {
        TimeSpan timeout = system.Settings.LoggerStartTimeout;
        try
        {
            logger.Ask<LoggerInitialized>(new InitializeLogger(system.EventStream), timeout).GetAwaiter().GetResult();
        }
        catch (AskTimeoutException e)
        {
            throw new LoggerInitializationException($"Logger '{typeName}' was not ready within {timeout}", e);
        }
    }
}
