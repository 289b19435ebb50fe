using Akka.Actor;
using Tapvisor.BlockIo;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;

namespace Tapvisor.Actors.Ring;

/// <summary>
/// Starts and stops a disk's ring devices, and connects guests. The devices themselves live with the disk, not with this actor: when
/// actors restart, clients stay connected and their unanswered requests stay where they are.
/// <code>
///   Idle ──Start, Release, Stop──▶ Busy ──▶ Idle          Connect and Disconnect are served in both, side by side
/// </code>
/// </summary>
internal sealed class RingDeviceActor(IFrontEndHost ring) : UntypedActor, IWithUnboundedStash
{
    public IStash Stash { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RingProtocol.Start start:
                ring.StartAsync(new FrontEndStart(start.TakeOver, start.Aliases))
                    .PipeTo(Self, success: () => new Done(new RingProtocol.Started()), failure: e => new Done(ExplainStart(e)));
                Become(Busy);
                break;
            case RingProtocol.Release release:
                ring.ReleaseAsync(release.HandOver, release.Force)
                    .PipeTo(Self, success: () => new Done(new RingProtocol.Released()), failure: e => new Failure(e));
                Become(Busy);
                break;
            case RingProtocol.Stop:
                ring.StopAsync().PipeTo(Self, success: () => new Done(new RingProtocol.Stopped()), failure: e => new Failure(e));
                Become(Busy);
                break;
            default:
                if (!TryServeGuest(message))
                    Unhandled(message);
                break;
        }
    }

    private void Busy(object message)
    {
        switch (message)
        {
            case Done done:
                Context.Parent.Tell(done.Answer);
                Become(OnReceive);
                Stash.UnstashAll();
                break;
            case Failure failure:
                throw new InvalidOperationException($"The ring device did not stop: {failure.Cause.Message}", failure.Cause);
            default:
                if (!TryServeGuest(message))
                    Stash.Stash();
                break;
        }
    }

    private bool TryServeGuest(object message)
    {
        switch (message)
        {
            case RingProtocol.Connect connect:
                BlkifFrontend guest = connect.Frontend;
                ring.ConnectAsync(guest, connect.Adopt).PipeTo(
                    Sender,
                    Self,
                    features => new RingProtocol.Connected(guest.DomId, guest.DevId, features),
                    e => new RingProtocol.ConnectFailed(guest.DomId, guest.DevId, ErrnoOf(e), Explain(e)));
                return true;
            case RingProtocol.Disconnect disconnect:
                ring.DisconnectAsync(disconnect.DomId, disconnect.DevId).PipeTo(
                    Sender, Self, was => new RingProtocol.Disconnected(disconnect.DomId, disconnect.DevId, was));
                return true;
            case TapdiskRequest.XenBlkifConnect connect:
                if (FrontendOf(connect.Blkif) is not { } frontend)
                {
                    Sender.Tell(new TapdiskResponse.Error(
                        connect.Cookie, Errno.EINVAL, $"A ring of order {connect.Blkif.Order} does not fit into a message."));
                    return true;
                }
                ring.ConnectAsync(frontend, adopt: false).PipeTo<BlkifFeatures>(
                    Sender,
                    Self,
                    _ => new TapdiskResponse.XenBlkifConnect(connect.Cookie),
                    e => new TapdiskResponse.Error(connect.Cookie, ErrnoOf(e), Explain(e)));
                return true;
            case TapdiskRequest.XenBlkifDisconnect disconnect:
                ring.DisconnectAsync(disconnect.DomId, disconnect.DevId).PipeTo<bool>(
                    Sender,
                    Self,
                    was => was
                        ? new TapdiskResponse.XenBlkifDisconnect(disconnect.Cookie)
                        : new TapdiskResponse.Error(
                            disconnect.Cookie,
                            Errno.ENODEV,
                            $"No ring of domain {disconnect.DomId} device {disconnect.DevId} is connected."),
                    e => new TapdiskResponse.Error(disconnect.Cookie, ErrnoOf(e), Explain(e)));
                return true;
            default:
                return false;
        }
    }

    private static RingProtocol.StartFailed ExplainStart(Exception cause) => new(ErrnoOf(cause), Explain(cause));

    private static int ErrnoOf(Exception cause) => cause is BlockException block ? block.Errno : Errno.EIO;

    private static string Explain(Exception cause) =>
        cause is BlockException ? cause.Message : $"The ring device failed: {cause.GetType().Name}: {cause.Message}";

    /// <summary>What struct tapdisk_message_blkif says, or null if its references cannot be all of the ring's.</summary>
    private static BlkifFrontend? FrontendOf(TapdiskBlkif blkif)
    {
        GrantReferences references = blkif.Grefs;
        ReadOnlySpan<uint> all = references;
        if (blkif.Order > 3)
            return null;
        var ring = new BlkifRing(all[..(1 << (int)blkif.Order)].ToArray(), blkif.Port);

        // The message does not say what the guest offered besides, and tapback tells it nothing of feature-persistent.
        return new BlkifFrontend(
            blkif.DomId,
            blkif.DevId,
            blkif.Proto,
            [ring],
            IsReadOnly: false,
            blkif.PollDuration,
            blkif.PollIdleThreshold,
            KeepsGrants: false);
    }

    private sealed record Done(RingProtocol.Answer Answer);

    private sealed record Failure(Exception Cause);
}
