using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Collects what it receives; watches, ignores and answers as the test tells it.</summary>
internal sealed class TestActor(TestActorQueue queue) : ActorBase
{
    private AutoPilot _autoPilot = AutoPilot.NoAutoPilot;
    private Func<object, bool> _ignore = _ => false;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case SetIgnore set: _ignore = set.Ignore; break;
            case SetAutoPilot set: _autoPilot = set.AutoPilot; break;
            case WatchRequest watch: Context.Watch(watch.Actor); Sender.Tell(watch); break;
            case UnwatchRequest unwatch: Context.Unwatch(unwatch.Actor); Sender.Tell(unwatch); break;
            case SpawnRequest spawn: Sender.Tell(Context.ActorOf(spawn.Props, spawn.Name)); break;
            default: Collect(message); break;
        }

        return true;
    }

    private void Collect(object message)
    {
        AutoPilot next = _autoPilot.Run(Sender, message);
        _autoPilot = next is KeepRunning ? _autoPilot : next;
        if (!_ignore(message))
        {
            queue.Add(new RealMessageEnvelope(message, Sender));
        }
    }
}
