using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Native;

namespace Tapvisor.Actors.Supervisor;

/// <summary>What is answered in place of a ring device, where there is none.</summary>
internal static class RinglessDisk
{
    internal static void Answer(RingProtocol.GuestRequest request, IActorRef sender, string reason)
    {
        switch (request)
        {
            case RingProtocol.Connect { Frontend: var frontend }:
                sender.Tell(new RingProtocol.ConnectFailed(frontend.DomId, frontend.DevId, Errno.ENODEV, reason));
                break;
            case RingProtocol.Disconnect disconnect:
                sender.Tell(new RingProtocol.Disconnected(disconnect.DomId, disconnect.DevId, WasConnected: false));
                break;
        }
    }
}
