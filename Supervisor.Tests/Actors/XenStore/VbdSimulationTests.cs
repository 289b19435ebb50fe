using Tapvisor.Actors.Ring;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>
/// Toolstack, guest, script, ring and service do anything at any time, in a random order that a seed gives; whatever they do, the machine
/// keeps its promises, and a guest that behaves again is served again.
/// </summary>
public sealed class VbdSimulationTests
{
    private const int Rounds = 300;
    private const int Steps = 200;

    private static readonly string[] s_garbage =
        ["", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-1", "16", "99999999999",
            "w", "r", "disk", "cdrom", "connected", "\0", "ü", "/x"];

    private static readonly string[] s_backendNodes =
        ["state", "online", "mode", "script", "device-type", "hotplug-status", "physical-device-path", "frontend", "sectors", "pid",
            "polling-duration"];

    private static readonly string[] s_frontendNodes =
        ["state", "device-type", "ring-ref", "ring-ref0", "ring-ref1", "event-channel", "protocol", "ring-page-order",
            "multi-queue-num-queues", "feature-persistent", "queue-0/ring-ref", "queue-0/event-channel"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Promises_are_kept_and_who_behaves_is_served(bool isLibXl)
    {
        int seed = Environment.TickCount;
        for (int round = 0; round < Rounds; round++)
            new Simulation(new Random(seed + round), isLibXl, $"seed {seed + round}").Run();
    }

    private sealed class Simulation(Random random, bool isLibXl, string name)
    {
        private readonly List<string> _history = [];
        private VbdNodes _nodes = new(isLibXl);
        private object? _asked;
        private bool _isConnected;

        internal void Run()
        {
            for (int step = 0; step < Steps; step++)
            {
                Act();
                Decide();
            }
            Behave();
        }

        private void Act()
        {
            int action = random.Next(20);
            _history.Add($"{action}");
            switch (action)
            {
                case 0:
                    _nodes.Backend[Any(s_backendNodes)] = Any(s_garbage);
                    break;
                case 1:
                    _nodes.Backend.Remove(Any(s_backendNodes));
                    break;
                case 2 or 3:
                    _nodes.Frontend[Any(s_frontendNodes)] = Any(s_garbage);
                    break;
                case 4:
                    _nodes.Frontend.Remove(Any(s_frontendNodes));
                    break;
                case 5:
                    _nodes.Backend.Clear();
                    break;
                case 6:
                    _nodes.Frontend.Clear();
                    break;
                case 7:
                    Recreate();
                    break;
                case 8:
                    _nodes.Plug(random.Next(3));
                    break;
                case 9:
                    _nodes.Claim = new DiskClaim((DiskOwner)random.Next(4), random.Next(3));
                    break;
                case 10 or 11:
                    _nodes.Offer(reference: (uint)random.Next(3));
                    break;
                case 12 or 13:
                    _nodes.Frontends((XenbusState)random.Next(0, 9));
                    break;
                case 14:
                    (_nodes.Backend["online"], _nodes.Backend["state"]) = ("0", "5");
                    break;
                case 15:
                    _nodes.Machine = _nodes.Machine with { IsDomainDead = random.Next(2) == 0 };
                    break;
                case 16:
                    Restart();
                    break;
                default:
                    Answer(random.Next(4) != 0);
                    break;
            }
        }

        /// <summary>One decision, checked before and after it is carried out.</summary>
        private void Decide()
        {
            bool existed = _nodes.Backend.ContainsKey("state");
            VbdDecision decision = _nodes.Decide();
            Check(existed || (decision.State is null && decision.Writes.Count == 0), "wrote into a directory that is not there");
            Check(decision.State is not XenbusState.Connected || _isConnected, "4 without a connected ring");
            Check(decision.State is not XenbusState.Closed || !_isConnected, "6 with a connected ring");
            Check(!decision.RemovesDirectory || !_isConnected, "removed the directory with a connected ring");
            Check(!decision.IsOver || !_isConnected, "ended with a connected ring");
            Check(decision.Request is null || _asked is null, "asked twice");
            if (decision.Request is { } request)
                _asked = request;
            if (decision.IsOver)
                _nodes.Machine = new VbdMachine(VbdNodes.Id, _nodes.Machine.Options);
        }

        private void Answer(bool isGood)
        {
            object? asked = _asked;
            _asked = null;
            switch (asked)
            {
                case RingProtocol.Disconnect:
                    _isConnected = false;
                    _nodes.Machine = _nodes.Machine.Disconnected();
                    break;
                case RingProtocol.Connect { Adopt: false } when _isConnected:
                    _nodes.Machine = _nodes.Machine.ConnectFailed(Errno.EALREADY, "connected already");
                    break;
                case RingProtocol.Connect when isGood || _isConnected:
                    _isConnected = true;
                    _nodes.Machine = _nodes.Machine.Connected(VbdNodes.Features);
                    break;
                case RingProtocol.Connect:
                    _nodes.Machine = _nodes.Machine.ConnectFailed(random.Next(2) == 0 ? Errno.EAGAIN : Errno.EINVAL, "refused");
                    break;
            }
        }

        /// <summary>The whole service; the disks go on with the rings that are announced, without being asked.</summary>
        private void Restart()
        {
            _asked = null;
            _isConnected &= _nodes.State == "4" && _nodes.Claim.Disk is not null && random.Next(2) == 0;
            _nodes.Machine = new VbdMachine(VbdNodes.Id, _nodes.Machine.Options);
        }

        private void Recreate()
        {
            var fresh = new VbdNodes(isLibXl) { Machine = _nodes.Machine };
            _nodes = fresh;
        }

        /// <summary>Everybody behaves from here on: a toolstack takes the device away properly, and makes it again.</summary>
        private void Behave()
        {
            _nodes.Machine = _nodes.Machine with { IsDomainDead = false };
            Recreate();
            _nodes.Claim = VbdNodes.Ours();
            _nodes.Backend.Clear();
            Settle();
            Check(!_isConnected, "still connected though the device has gone");
            Recreate();
            _nodes.Plug();
            Settle();
            _nodes.Offer();
            Settle();
            Check(_nodes.State == "4", $"a guest that behaves is not served: state {_nodes.State}, {_nodes.Machine}");
        }

        private void Settle()
        {
            for (int i = 0; i < 20; i++)
            {
                Decide();
                Answer(isGood: true);
            }
        }

        private string Any(string[] choices) => choices[random.Next(choices.Length)];

        private void Check(bool condition, string problem) =>
            Assert.True(condition, $"{name}: {problem}; actions {string.Join(' ', _history)}");
    }
}
