using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Actors.XenStore;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Simulation.Store;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>The XenStore actors on an embedded store; the test is the supervisor with its rings, the toolstack and the guest.</summary>
public abstract class XenStoreSpec : ActorSpec, IAsyncLifetime
{
    internal const int Pid = 4711;

    internal const int Minor = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();

    protected XenStoreSpec(ITestOutputHelper output)
        : base("akka.log-dead-letters = off", output)
    {
    }

    internal EmbeddedXenStore Server { get; } = new();

    internal XenStoreEndpoint Endpoint { get; private protected set; } = null!;

    /// <summary>The toolstack's connection.</summary>
    internal XenStoreClient Store { get; private protected set; } = null!;

    internal IActorRef Actor { get; private set; } = ActorRefs.Nobody;

    /// <summary>What the service knows besides its actors.</summary>
    internal VbdRegister Register { get; set; } = new();

    public virtual async Task InitializeAsync()
    {
        Endpoint = Server.Listen(_directory.At("xs"));
        Store = await XenStoreClient.ConnectAsync(Endpoint);
        await Store.IntroduceAsync(5, 0, 0);
    }

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        await Store.DisposeAsync();
        await Server.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _directory.Dispose();
    }

    /// <summary>Starts the service's part.</summary>
    internal void Start(VbdOptions? options = null, IActorRef? supervisor = null)
    {
        VbdOptions all = (options ?? new VbdOptions()) with { Pid = Pid };
        VbdRegister register = Register;
        IActorRef rings = supervisor ?? TestActor;
        Actor = Sys.ActorOf(Props.Create(() => new XenStoreActor(Endpoint, all, register, rings, NullLogger.Instance)));
        Actor.Ask<ActorIdentity>(new Identify(0), s_patience).Wait(s_patience);
        Actor.Tell(new VbdProtocol.Start());
    }

    /// <summary>Ends the service's part, as its death would: nothing is written any more.</summary>
    internal async Task StopAsync()
    {
        if (!Actor.IsNobody())
            await Actor.GracefulStop(s_patience);
        Actor = ActorRefs.Nobody;
    }

    internal void OpenDisk(int minor = Minor, ulong sectors = 2048, params string[] formerSockets) =>
        Sys.EventStream.Publish(new DiskProtocol.Opened(minor, [$"nbd{Pid}.{minor}", .. formerSockets], sectors));

    /// <summary>The next thing that a ring is asked.</summary>
    internal T ExpectRing<T>(int minor = Minor)
        where T : class
    {
        DiskProtocol.ToRing asked = ExpectMsg<DiskProtocol.ToRing>(s_patience);
        Assert.Equal(minor, asked.Minor);
        return Assert.IsType<T>(asked.Message);
    }

    /// <summary>Takes the next connection of a ring.</summary>
    internal RingProtocol.Connect AcceptRing(int minor = Minor, ulong sectors = 2048)
    {
        RingProtocol.Connect connect = ExpectRing<RingProtocol.Connect>(minor);
        LastSender.Tell(new RingProtocol.Connected(
            connect.Frontend.DomId, connect.Frontend.DevId, VbdNodes.Features with { Sectors = sectors }));
        return connect;
    }

    internal void ReleaseRing(int minor = Minor)
    {
        RingProtocol.Disconnect disconnect = ExpectRing<RingProtocol.Disconnect>(minor);
        LastSender.Tell(new RingProtocol.Disconnected(disconnect.DomId, disconnect.DevId, WasConnected: true));
    }

    /// <summary>A device that libxl makes, and its guest's way to the connected state.</summary>
    internal async Task<ScriptedVbd> ConnectAsync(ScriptedVbd device)
    {
        await device.AddByLibXlAsync();
        await Eventually(device, XenbusState.InitWait);
        await device.PlugAsync();
        await device.OfferAsync();
        Assert.False(AcceptRing().Adopt);
        await Eventually(device, XenbusState.Connected);
        await device.FrontendsAsync(XenbusState.Connected);
        return device;
    }

    /// <summary>Waits, by a watch, until a node holds a value; null for until it is gone.</summary>
    internal async Task Eventually(string path, string? value)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        await using XenStoreWatch watch = await Store.WatchAsync(path);
        string? last = "";
        try
        {
            do
            {
                await watch.NextAsync(deadline.Token);
                last = await Store.TryReadAsync(path);
            }
            while (last != value);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{path} is '{last ?? "gone"}', not '{value ?? "gone"}'.");
        }
    }

    internal Task Eventually(ScriptedVbd device, XenbusState state) => Eventually($"{device.Backend}/state", $"{(int)state}");

    /// <summary>Lets everything that is under way come to rest, and sees that nothing is asked of any ring.</summary>
    internal async Task ExpectQuietAsync(ScriptedVbd device)
    {
        // A change that the actor has to look at, and another that it sees only after what followed from the first.
        for (int round = 0; round < 3; round++)
        {
            await Store.WriteAsync($"{device.Backend}/sm-data", $"{round}");
            await Task.Yield();
        }
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
    }
}
