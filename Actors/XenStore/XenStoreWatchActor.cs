using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Messages;

namespace Tapvisor.Actors.XenStore;

/// <summary>
/// A disk's side of its guests' devices in XenStore: announces the disk to those that watch the store, and takes what they, or an upstream
/// tapback, ask of it to the disk's ring device. The devices themselves are found by <see cref="XenStoreActor"/>: they are there before
/// anybody has named their disk.
/// </summary>
internal sealed class XenStoreWatchActor(IActorRef ring) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DiskProtocol.Opened or DiskProtocol.Closed:
                Context.System.EventStream.Publish(message);
                break;
            case RingProtocol.Connect or RingProtocol.Disconnect:
            case TapdiskRequest.XenBlkifConnect or TapdiskRequest.XenBlkifDisconnect:
                ring.Forward(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
