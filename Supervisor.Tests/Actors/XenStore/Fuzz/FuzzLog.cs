using Akka.Actor;
using Akka.Event;

namespace Tapvisor.Tests.Actors.XenStore.Fuzz;

/// <summary>Reads the log.</summary>
internal sealed class FuzzLog(FuzzRecord record) : UntypedActor
{
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LogEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message) => record.Add((LogEvent)message);
}
