using Akka.Event;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>Stands where Akka would write its own start and end to standard output, which is for answers; the log has what matters.</summary>
internal sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}
