using Akka.Actor;
using Akka.TestKit;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

/// <summary>A supervisor over fake disks, in virtual time.</summary>
public abstract class SupervisorSpec : ActorSpec
{
    private const string VirtualTime = """akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """;

    private readonly string _directory = Directory.CreateTempSubdirectory("tapvisor-spec").FullName;

    protected SupervisorSpec(ITestOutputHelper output)
        : base(VirtualTime, output)
    {
        Markers = new MinorMarkers(new ControlDirectory(_directory));
        Settings = new SettingsSource(new SupervisorSettings { Pid = 4711 });
        Supervisor = Sys.ActorOf(
            Props.Create(() => new SupervisorActor(Table, Hosts, Markers, Journal, Settings)), "supervisor");
    }

    internal FakeDiskHosts Hosts { get; } = new();

    internal FakeJournal Journal { get; } = new();

    internal DiskTable Table { get; } = new();

    internal MinorMarkers Markers { get; }

    internal SettingsSource Settings { get; }

    internal IActorRef Supervisor { get; }

    internal TestScheduler Time => (TestScheduler)Sys.Scheduler;

    internal static TapdiskParams Raw(string path = "aio:/srv/a.img") => new() { Path = path };

    /// <summary>Sends a request and gives its answer.</summary>
    internal T Ask<T>(TapdiskRequest request)
        where T : TapdiskResponse
    {
        Supervisor.Tell(request, TestActor);
        return ExpectMsg<T>();
    }

    internal FakeDiskHost Attach(int minor)
    {
        while (Markers.Allocate() < minor)
        {
        }
        Ask<TapdiskResponse.Attach>(new TapdiskRequest.Attach((ushort)minor));
        return Hosts[minor];
    }

    internal FakeDiskHost Open(int minor)
    {
        FakeDiskHost host = Attach(minor);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open((ushort)minor, Raw()));
        return host;
    }

    internal VbdState StateOf(int minor) => Table.List(0).Single(entry => entry.Minor == minor).State;

    /// <summary>Lets virtual time pass, step by step, until something is so.</summary>
    internal void PassTimeUntil(Func<bool> condition) => AwaitCondition(
        () =>
        {
            if (condition())
                return true;
            Time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        },
        max: TimeSpan.FromSeconds(20),
        interval: TimeSpan.FromMilliseconds(2));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_directory, recursive: true);
    }
}
