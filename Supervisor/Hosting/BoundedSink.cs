using Serilog.Core;
using Serilog.Events;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>What a logger that writes on a thread of its own has left is written at the end, unless nobody takes it.</summary>
internal sealed class BoundedSink(Logger lines) : ILogEventSink, IDisposable
{
    public void Emit(LogEvent logEvent) => lines.Write(logEvent);

    public void Dispose() => Task.Run(lines.Dispose).Wait(EndLimits.LastWords);
}
