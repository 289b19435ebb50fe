using System.Collections.Concurrent;
using Akka.Actor;
using Tapvisor.XenStore;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>A guest that writes anything anywhere it may, at any time, next to one that behaves.</summary>
public sealed class MisbehavingGuestTests(ITestOutputHelper output) : XenStoreSpec(output)
{
    private const int Actions = 1500;

    private readonly ConcurrentDictionary<(uint DomId, uint DevId), int> _connections = new();
    private readonly ConcurrentBag<string> _log = [];

    [Fact]
    public async Task It_harms_nobody_and_is_served_again_when_it_behaves()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await Store.IntroduceAsync(6, 0, 0);
        Start(supervisor: Sys.ActorOf(Props.Create(() => new FakeRings(_connections, _log))));
        OpenDisk();
        OpenDisk(minor: 4);
        var good = new ScriptedVbd(Store, domId: 6, devId: 1);
        var bad = new ScriptedVbd(Store, domId: 5, devId: 2);
        foreach ((ScriptedVbd device, int minor) in ((ScriptedVbd, int)[])[(good, 4), (bad, Minor)])
        {
            await device.AddByLibXlAsync();
            await device.PlugAsync(minor: minor);
            await device.OfferAsync();
            await Eventually(device, XenbusState.Connected);
            await device.FrontendsAsync(XenbusState.Connected);
        }
        for (int action = 0; action < Actions; action++)
            await MisbehaveAsync(bad, random);

        await bad.FrontendsAsync(XenbusState.Closed);
        await Eventually(bad, XenbusState.Closed);
        Assert.False(_connections.ContainsKey((5, 2)), $"seed {seed}: still connected in state 6");
        await Store.RemoveAsync(bad.Frontend);
        await bad.RemoveBackendAsync();
        await bad.AddByLibXlAsync();
        await bad.PlugAsync();
        await bad.OfferAsync();
        await Eventually(bad, XenbusState.Connected);
        Assert.True(_connections.ContainsKey((5, 2)), $"seed {seed}: state 4 without a ring");
        Assert.DoesNotContain("disconnect 1", _log);
        Assert.Equal(1, _log.Count(line => line == "connect 1"));
        Assert.True(_connections.ContainsKey((6, 1)), $"seed {seed}: the other guest lost its ring");
        Assert.Equal("4", await good.ReadAsync("state"));
    }

    private async Task MisbehaveAsync(ScriptedVbd device, Random random)
    {
        string[] nodes =
            ["state", "state", "state", "ring-ref", "event-channel", "protocol", "ring-page-order", "multi-queue-num-queues", "state/below",
                "queue-0/ring-ref", "device-type", "backend"];
        string[] values = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "-1", "", "x", "4294967296", "\n[forged] log line"];
        string path = $"{device.Frontend}/{nodes[random.Next(nodes.Length)]}";
        switch (random.Next(12))
        {
            case 0:
                if (await Store.TryReadAsync(path) is not null)
                    await Store.RemoveAsync(path);
                break;
            case 1:
                await device.OfferAsync((uint)random.Next(5), (uint)random.Next(5));
                break;
            default:
                await Store.WriteAsync(path, values[random.Next(values.Length)]);
                break;
        }
    }
}
