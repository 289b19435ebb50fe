using Akka.Actor;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.XenStore;

/// <summary>
/// Stands where the watch on a disk's XenStore device is on a host with Xen: here there is no device to serve, and whoever asks for
/// a ring is told so.
/// </summary>
internal sealed class NullXenStoreWatchActor : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TapdiskRequest.XenBlkifConnect connect:
                Sender.Tell(new TapdiskResponse.Error(
                    connect.Cookie,
                    Errno.EOPNOTSUPP,
                    $"The ring of domain {connect.Blkif.DomId} device {connect.Blkif.DevId} cannot be connected: this service has no Xen ring; use NBD."));
                break;
            case TapdiskRequest.XenBlkifDisconnect disconnect:
                Sender.Tell(new TapdiskResponse.Error(
                    disconnect.Cookie,
                    Errno.ENODEV,
                    $"No ring of domain {disconnect.DomId} device {disconnect.DevId} is connected."));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
