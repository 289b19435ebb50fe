using System.Collections.Concurrent;
using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Native;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>Stands for the supervisor and all rings below it: connects whatever is asked for, and remembers what is connected.</summary>
internal sealed class FakeRings(ConcurrentDictionary<(uint DomId, uint DevId), int> connections, ConcurrentBag<string> log) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DiskProtocol.ToRing { Message: RingProtocol.Connect { Frontend: var frontend, Adopt: var adopt }, Minor: var minor }:
                log.Add($"connect {frontend.DevId}");
                Sender.Tell(connections.TryAdd((frontend.DomId, frontend.DevId), minor)
                    ? new RingProtocol.Connected(frontend.DomId, frontend.DevId, VbdNodes.Features)
                    : new RingProtocol.ConnectFailed(frontend.DomId, frontend.DevId, Errno.EALREADY, $"connected, adopt {adopt}"));
                break;
            case DiskProtocol.ToRing { Message: RingProtocol.Disconnect disconnect }:
                log.Add($"disconnect {disconnect.DevId}");
                bool was = connections.TryRemove((disconnect.DomId, disconnect.DevId), out _);
                Sender.Tell(new RingProtocol.Disconnected(disconnect.DomId, disconnect.DevId, was));
                break;
        }
    }
}
