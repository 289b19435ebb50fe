using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Tapvisor.Actors.XenStore;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore.Fuzz;

/// <summary>
/// Guests and toolstacks that do what they like in the store, disks that go and come, a store and a service that are restarted.
/// TAPVISOR_FUZZ_MINUTES says for how long; without it a few seconds. A failure names its seed, and TAPVISOR_FUZZ_SEED begins with one.
/// </summary>
public sealed class DeviceFuzzTests(ITestOutputHelper output) : XenStoreSpec(output)
{
    private const uint Healthy = 1;
    private const uint FirstWild = 2;
    private const int Steps = 1000;
    private const int StepsOfACycle = 200;

    // LogBudget: lines of a device's actor in its window, which is longer than a run.
    private const int LinesOfADevice = 20;

    // Of all devices, of domains' deaths, and of the bystander's frontend.
    private const int WatchesOfAService = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_time = FuzzTime.Asked ?? TimeSpan.FromSeconds(5);

    private readonly TemporaryDirectory _sockets = new();
    private FuzzRecord _record = null!;
    private IActorRef _rings = ActorRefs.Nobody;
    private FuzzGuest[] _guests = [];
    private ScriptedVbd _bystander = null!;
    private int _cycles;
    private int _restarts;

    [Fact]
    public async Task Nothing_in_the_store_breaks_the_service_or_another_guests_device()
    {
        string? asked = Environment.GetEnvironmentVariable("TAPVISOR_FUZZ_SEED");
        int first = asked is null ? 1 : int.Parse(asked, CultureInfo.InvariantCulture);
        long begun = Stopwatch.GetTimestamp();
        for (int seed = first; seed == first || Stopwatch.GetElapsedTime(begun) < s_time; seed++)
        {
            try
            {
                await RunAsync(new Random(seed), seed);
            }
            catch (Exception e)
            {
                string devices = string.Join("\n", Register.Devices.Select(device => device.Machine));
                string rings = string.Join(", ", _record.Connections);
                Assert.Fail($"seed {seed}: {string.Join("; ", _record.Problems)}\ndevices:\n{devices}\nrings: {rings}\nwatches: {Server.WatchCount}\n{e}");
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _sockets.Dispose();
    }

    private async Task RunAsync(Random random, int seed)
    {
        // Each third seed the toolstack behaves, and only guests do not; one in eight guests has many devices.
        bool isToolstackSane = seed % 3 == 0;
        (_record, _cycles, _restarts) = (new FuzzRecord(), 0, 0);
        FuzzRecord record = _record;
        IActorRef log = Sys.ActorOf(Props.Create(() => new FuzzLog(record)));
        _rings = Sys.ActorOf(Props.Create(() => new FuzzRings(new Random(seed), Healthy, record)));
        _bystander = new ScriptedVbd(Store, Healthy, devId: 1);
        _guests = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
        {
            uint domId = FirstWild + (uint)i;
            XenStoreClient own = await XenStoreClient.ConnectAsync(Server.Listen(_sockets.At($"{domId}"), domId));
            return new FuzzGuest(random, Store, own, domId, devices: (seed + i) % 8 == 0 ? 40 : 3);
        }))];
        int before = Server.WatchCount;
        await Store.IntroduceAsync(Healthy, 0, 0);
        Register = new VbdRegister();
        Start(supervisor: _rings);
        OpenDisks();
        await _bystander.AddByLibXlAsync();
        await _bystander.PlugAsync(minor: FuzzRings.FirstMinor(Healthy));
        await ConnectBystanderAsync();
        foreach (FuzzGuest guest in _guests)
            await guest.BeginAsync(ownsHome: random.Next(2) == 0);

        for (int step = 1; step <= Steps; step++)
        {
            await StepAsync(random, isToolstackSane);
            if (step % StepsOfACycle == 0)
                await CycleBystanderAsync();
        }
        await SettleAsync(isToolstackSane);
        foreach (FuzzGuest guest in _guests)
            await guest.DisposeAsync();
        AwaitCondition(() => Server.WatchCount == before + WatchesOfAService, s_patience);
        await RemoveBystanderAsync();
        await StopAsync();
        AwaitCondition(() => Server.WatchCount == before, s_patience);
        Assert.Empty(record.Problems);
        await log.GracefulStop(s_patience);
        await _rings.GracefulStop(s_patience);
    }

    private void OpenDisks()
    {
        _rings.Tell(new FuzzRings.Open(FuzzRings.FirstMinor(Healthy)));
        foreach (FuzzGuest guest in _guests)
        {
            for (int i = 0; i < FuzzRings.MinorsOfAGuest; i++)
                _rings.Tell(new FuzzRings.Open(FuzzRings.FirstMinor(guest.DomId) + i));
        }
    }

    private async Task StepAsync(Random random, bool isToolstackSane)
    {
        FuzzGuest guest = _guests[random.Next(_guests.Length)];
        int minor = FuzzRings.FirstMinor(guest.DomId) + random.Next(FuzzRings.MinorsOfAGuest);
        switch (random.Next(100))
        {
            case < 3:
                _rings.Tell(new FuzzRings.Close(minor));
                break;
            case < 8:
                _rings.Tell(new FuzzRings.Open(minor, (ulong)random.Next(1, 1 << 20)));
                break;
            case < 20:
                _rings.Tell(new FuzzRings.AnswerOne());
                break;
            case 20 when random.Next(3) == 0:
                await Server.DropConnectionsAsync();
                await ReconnectedAsync();
                break;
            case 21 when random.Next(4) == 0:
                await RestartAsync();
                break;
            case < 50 when !isToolstackSane:
                await guest.DisturbAsync();
                break;
            default:
                await guest.MisbehaveAsync();
                break;
        }
    }

    /// <summary>A watch that is set, or set again, tells so.</summary>
    private async Task ReconnectedAsync()
    {
        using var deadline = new CancellationTokenSource(s_patience);
        await using XenStoreWatch watch = await Store.WatchAsync("@introduceDomain");
        await watch.NextAsync(deadline.Token);
    }

    /// <summary>The service dies. Its successor finds the rings of devices in such states as have any, if their disk is the one named.</summary>
    private async Task RestartAsync()
    {
        await StopAsync();
        _restarts++;
        var kept = new HashSet<VbdId>();
        foreach ((VbdId id, int minor) in _record.Connections.ToArray())
        {
            var device = new ScriptedVbd(Store, id.DomId, id.DevId);
            if (await device.ReadAsync("state") is "2" or "4" or "5"
                && await device.ReadAsync("physical-device-path") == $"/run/blktap-control/nbd{Pid}.{minor}")
                kept.Add(id);
        }
        await _rings.Ask<FuzzRings.ServiceDied>(new FuzzRings.ServiceDied(kept), s_patience);
        Register = new VbdRegister();
        Start(supervisor: _rings);
        OpenDisks();
    }

    private async Task ConnectBystanderAsync()
    {
        await Eventually(_bystander, XenbusState.InitWait);
        await _bystander.OfferAsync();
        await Eventually(_bystander, XenbusState.Connected);
        await _bystander.FrontendsAsync(XenbusState.Connected);
        _cycles++;
        CheckBystander(isConnected: true);
    }

    /// <summary>The guest that behaves lets its disk go and takes it again, whatever the others do.</summary>
    private async Task CycleBystanderAsync()
    {
        CheckBystander(isConnected: true);
        await _bystander.FrontendsAsync(XenbusState.Closing);
        await Eventually(_bystander, XenbusState.Closing);
        await _bystander.FrontendsAsync(XenbusState.Closed);
        await Eventually(_bystander, XenbusState.Closed);
        CheckBystander(isConnected: false);
        await _bystander.FrontendsAsync(XenbusState.Initialising);
        await ConnectBystanderAsync();
    }

    private void CheckBystander(bool isConnected)
    {
        var id = new VbdId(Healthy, 1);
        Assert.Equal(isConnected, _record.Connections.ContainsKey(id));
        Assert.Equal(_cycles, _record.Connects.GetValueOrDefault(id));
    }

    private async Task RemoveBystanderAsync()
    {
        await _bystander.RemoveFrontendAsync();
        await _bystander.RemoveBackendAsync();
        AwaitCondition(() => _record.Connections.IsEmpty, s_patience);
    }

    /// <summary>From here on everybody behaves: nothing may be left of what was, and everybody is served.</summary>
    private async Task SettleAsync(bool isToolstackSane)
    {
        await _rings.Ask<FuzzRings.Behave>(new FuzzRings.Behave(Always: true), s_patience);
        CheckLog(isToolstackSane);
        foreach (FuzzGuest guest in _guests)
            await guest.EndAsync();
        AwaitNothingButBystander();
        OpenDisks();
        foreach (FuzzGuest guest in _guests)
            await guest.BehaveAsync();
        foreach (ScriptedVbd device in _guests.SelectMany(guest => guest.Devices))
            await Eventually(device, XenbusState.Connected);
        await CycleBystanderAsync();
        foreach (FuzzGuest guest in _guests)
            await guest.EndAsync();
        AwaitNothingButBystander();
        foreach (FuzzGuest guest in _guests)
            Assert.Empty(await Store.TryListAsync($"/local/domain/0/error/backend/vbd3/{guest.DomId}"));
        Assert.Equal(["1"], await Store.TryListAsync("/local/domain/0/backend/vbd3").ContinueWith(list => list.Result.Where(IsDomain)));
    }

    private bool IsDomain(string name) => name == "1" || _guests.Any(guest => $"{guest.DomId}" == name);

    /// <summary>Devices, watches and rings have gone with their directories.</summary>
    private void AwaitNothingButBystander()
    {
        AwaitCondition(() => _record.Connections.Count == 1 && Register.Devices.Count == 1, s_patience);
        CheckBystander(isConnected: true);
    }

    private void CheckLog(bool isToolstackSane)
    {
        int touches = isToolstackSane ? 0 : _guests.Max(guest => guest.Touches);
        foreach ((string device, int lines) in _record.Lines)
            Assert.True(lines <= LinesOfADevice * (1 + _restarts + touches), $"{lines} lines about device {device}");
    }
}
