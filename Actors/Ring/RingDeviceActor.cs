using Akka.Actor;
using Tapvisor.Actors.Disks;
using Tapvisor.BlockIo;
using Tapvisor.Messages.Actors;
using Tapvisor.Native;

namespace Tapvisor.Actors.Ring;

/// <summary>
/// Starts and stops a disk's ring device. The device itself lives with the disk, not with this actor: when actors restart, clients
/// stay connected and their unanswered requests stay where they are.
/// <code>
///   Idle ──Start, Stop──▶ Busy ──▶ Idle
/// </code>
/// </summary>
internal sealed class RingDeviceActor(IRingHost ring) : UntypedActor, IWithUnboundedStash
{
    public IStash Stash { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RingProtocol.Start start:
                ring.StartAsync(start.Aliases)
                    .PipeTo(Self, success: () => new Done(new RingProtocol.Started()), failure: e => new Done(Explain(e)));
                Become(Busy);
                break;
            case RingProtocol.Stop:
                ring.StopAsync().PipeTo(Self, success: () => new Done(new RingProtocol.Stopped()), failure: e => new Failure(e));
                Become(Busy);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static RingProtocol.StartFailed Explain(Exception cause) => cause is BlockException block
        ? new RingProtocol.StartFailed(block.Errno, block.Message)
        : new RingProtocol.StartFailed(Errno.EIO, $"The ring device cannot start: {cause.GetType().Name}: {cause.Message}");

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
                Stash.Stash();
                break;
        }
    }

    private sealed record Done(object Answer);

    private sealed record Failure(Exception Cause);
}
