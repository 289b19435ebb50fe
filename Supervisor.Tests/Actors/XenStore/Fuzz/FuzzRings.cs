using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;

namespace Tapvisor.Tests.Actors.XenStore.Fuzz;

/// <summary>
/// Stands for the supervisor, the disks and their rings: refuses, answers late and closes disks under its guests, but for one guest, whose
/// disk is well all the time.
/// </summary>
internal sealed class FuzzRings(Random random, uint healthy, FuzzRecord record) : UntypedActor
{
    private static readonly int[] s_refusals = [Errno.EAGAIN, Errno.ENODEV, Errno.EINVAL, Errno.EPROTONOSUPPORT];

    private readonly HashSet<int> _open = [];
    private readonly Dictionary<VbdId, (IActorRef To, Func<object> Answer)> _withheld = [];
    private bool _behaves;

    /// <summary>Each guest has minors of its own.</summary>
    internal static int FirstMinor(uint domId) => (int)domId * MinorsOfAGuest;

    internal const int MinorsOfAGuest = 8;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DiskProtocol.ToRing { Message: RingProtocol.Connect connect, Minor: var minor }:
                var offer = new VbdId(connect.Frontend.DomId, connect.Frontend.DevId);
                if (minor / MinorsOfAGuest != offer.DomId)
                    record.Problems.Enqueue($"{offer} asks for minor {minor}, which is another guest's");
                Take(offer, () => Connect(offer, minor, connect.Adopt));
                break;
            case DiskProtocol.ToRing { Message: RingProtocol.Disconnect disconnect }:
                var id = new VbdId(disconnect.DomId, disconnect.DevId);
                Take(id, () => new RingProtocol.Disconnected(id.DomId, id.DevId, record.Connections.TryRemove(id, out _)));
                break;
            case Open open:
                _open.Add(open.Minor);
                Publish(open.Minor, open.Sectors);
                break;
            case Close close:
                _open.Remove(close.Minor);
                foreach (VbdId connected in record.Connections.Where(c => c.Value == close.Minor).Select(c => c.Key).ToList())
                    record.Connections.TryRemove(connected, out _);
                Context.System.EventStream.Publish(new DiskProtocol.Closed(close.Minor));
                break;
            case AnswerOne when _withheld.Count > 0:
                AnswerWithheld(_withheld.Keys.ElementAt(random.Next(_withheld.Count)));
                break;
            case Behave behave:
                _behaves = behave.Always;
                foreach (VbdId device in _withheld.Keys.ToList())
                    AnswerWithheld(device);
                Sender.Tell(behave);
                break;
            case ServiceDied died:
                _withheld.Clear();
                foreach (VbdId lost in record.Connections.Keys.Where(id => !died.Kept.Contains(id)).ToList())
                    record.Connections.TryRemove(lost, out _);
                Sender.Tell(died);
                break;
        }
    }

    private static void Publish(int minor, ulong sectors) => Context.System.EventStream.Publish(
        new DiskProtocol.Opened(minor, [$"nbd{XenStoreSpec.Pid}.{minor}"], sectors));

    private void Take(VbdId id, Func<object> answer)
    {
        if (!_withheld.TryAdd(id, (Sender, answer)))
            record.Problems.Enqueue($"{id} asks again before it is answered");
        if (_behaves || id.DomId == healthy || random.Next(4) != 0)
            AnswerWithheld(id);
    }

    private void AnswerWithheld(VbdId id)
    {
        (IActorRef to, Func<object> answer) = _withheld[id];
        _withheld.Remove(id);
        to.Tell(answer());
    }

    private object Connect(VbdId id, int minor, bool adopts)
    {
        if (!_open.Contains(minor))
            return new RingProtocol.ConnectFailed(id.DomId, id.DevId, Errno.ENODEV, "no such disk");
        if (record.Connections.ContainsKey(id) && !adopts)
            return new RingProtocol.ConnectFailed(id.DomId, id.DevId, Errno.EALREADY, "connected");
        if (!_behaves && id.DomId != healthy && random.Next(5) == 0 && !record.Connections.ContainsKey(id))
            return new RingProtocol.ConnectFailed(id.DomId, id.DevId, s_refusals[random.Next(s_refusals.Length)], "refused");
        record.Connections[id] = minor;
        if (!adopts)
            record.Connects.AddOrUpdate(id, 1, static (_, count) => count + 1);
        return new RingProtocol.Connected(id.DomId, id.DevId, VbdNodes.Features);
    }

    /// <summary>A disk's image is open, perhaps with another size.</summary>
    internal sealed record Open(int Minor, ulong Sectors = 2048);

    /// <summary>A disk is closed under its guests.</summary>
    internal sealed record Close(int Minor);

    /// <summary>One of the answers that are late comes.</summary>
    internal sealed record AnswerOne;

    /// <summary>Every late answer comes; and from now on, perhaps, there is none.</summary>
    internal sealed record Behave(bool Always);

    /// <summary>Nobody waits for answers any more; the next service goes on with the rings that it will find.</summary>
    internal sealed record ServiceDied(IReadOnlySet<VbdId> Kept);
}
