using Akka.Event;
using Akka.TestKit;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk.Phases;
using Tapvisor.Messages;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.Tapdisk;

/// <summary>What a disk answers to every kind of request in every phase: a phase or a kind that has no row here fails a test.</summary>
public sealed class PhaseTableTests(ITestOutputHelper output) : TapdiskSpec(output)
{
    private const string Unhandled = "unhandled";
    private const string OpenAlready = "114 Minor 0 is open already, as 'aio:/srv/a.img'.";
    private const string NotPaused = "22 Minor 0 is not paused.";
    private const string InUse = "16 Minor 0 is in use: close 'aio:/srv/a.img' first.";
    private const string NoRing = "19 No ring of domain 1 device 2 is connected.";
    private const string NoImage = "19 Minor 0 has no image to serve a guest from.";
    private const string Detaching = "19 Minor 0 is being detached.";

    private static readonly TapdiskBlkif s_blkif = new() { DomId = 1, DevId = 3, Grefs = GrantReferences.Of(8) };

    private static readonly Dictionary<string, TapdiskRequest> s_routed = new()
    {
        ["Open"] = new TapdiskRequest.Open(0, Raw()),
        ["Pause"] = new TapdiskRequest.Pause(0),
        ["Resume"] = new TapdiskRequest.Resume(0, new TapdiskParams()),
        ["Close"] = new TapdiskRequest.Close(0),
        ["ForceShutdown"] = new TapdiskRequest.ForceShutdown(0),
        ["Detach"] = new TapdiskRequest.Detach(0),
        ["XenBlkifConnect"] = new TapdiskRequest.XenBlkifConnect(0, s_blkif),
        ["XenBlkifDisconnect"] = new TapdiskRequest.XenBlkifDisconnect(0, 1, 2),
    };

    // What the supervisor answers itself.
    private static readonly Dictionary<string, TapdiskRequest> s_notRouted = new()
    {
        ["Pid"] = new TapdiskRequest.Pid(),
        ["Attach"] = new TapdiskRequest.Attach(0),
        ["List"] = new TapdiskRequest.List(),
        ["Stats"] = new TapdiskRequest.Stats(0),
        ["DiskInfo"] = new TapdiskRequest.DiskInfo(0),
        ["ListMinors"] = new TapdiskRequest.ListMinors(0),
        ["Exit"] = new TapdiskRequest.Exit(0),
        ["Inject"] = new TapdiskRequest.Inject(0, FaultKind.Crash, FaultOperation.Any, 0, 1),
    };

    // Columns as in s_routed: Open, Pause, Resume, Close, ForceShutdown, Detach, XenBlkifConnect, XenBlkifDisconnect.
    private static readonly Dictionary<string, string[]> s_answers = new()
    {
        ["Attached"] = ["Open", "Pause", NotPaused, "Close", "Close", "Detach", NoImage, NoRing],
        ["Running"] = [OpenAlready, "Pause", NotPaused, "Close", "Close", InUse, "XenBlkifConnect", NoRing],
        ["Recovering"] = [OpenAlready, "Pause", NotPaused, "Close", "Close", InUse, "XenBlkifConnect", NoRing],
        ["GivenUp"] = [OpenAlready, "Pause", NotPaused, "Close", "Close", InUse, "XenBlkifConnect", NoRing],
        ["Paused"] = [OpenAlready, "Pause", "Resume", "Close", "Close", InUse, "XenBlkifConnect", NoRing],
        ["Gone"] = [Detaching, Detaching, Detaching, Detaching, Detaching, Detaching, Detaching, Detaching],
    };

    // The phases in which requests wait, and the one whose turn it is then.
    private static readonly Dictionary<string, string> s_next = new()
    {
        ["Opening"] = "Running",
        ["Pausing"] = "Paused",
        ["Resuming"] = "Running",
        ["Closing"] = "Attached",
    };

    public static TheoryData<string, string> Answered() => Pairs(s_answers.Keys);

    public static TheoryData<string, string> Waiting() => Pairs(s_next.Keys);

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task A_request_is_answered_at_once(string phase, string kind)
    {
        await BringIntoAsync(phase);
        TestProbe asker = Asker();
        Disk.Tell(RequestOf(kind), asker);
        Assert.Equal(Expected(phase, kind), await NextAsync(asker));
    }

    [Theory]
    [MemberData(nameof(Waiting))]
    public async Task A_request_waits_for_the_phase_to_end(string phase, string kind)
    {
        await BringIntoAsync(phase);
        TestProbe asker = Asker();
        Disk.Tell(RequestOf(kind), asker);
        Disk.Tell(new RingProtocol.Disconnect(7, 7), asker);
        await asker.ExpectMsgAsync<RingProtocol.Disconnected>();
        Host.FakeImage.LetGo();
        Assert.IsNotType<TapdiskResponse.Error>(await Client.ExpectMsgAsync<TapdiskResponse>());
        Assert.Equal(Expected(s_next[phase], kind), await NextAsync(asker));
    }

    [Fact]
    public void Every_kind_of_request_is_in_the_table()
    {
        IEnumerable<string> kinds = typeof(TapdiskRequest).GetNestedTypes().Select(type => type.Name);
        Assert.Equal(kinds.Order(), s_routed.Keys.Concat(s_notRouted.Keys).Order());
    }

    [Fact]
    public void Every_phase_is_in_the_table()
    {
        IEnumerable<string> phases = typeof(TapdiskPhase).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(TapdiskPhase)) && !type.IsAbstract)
            .Select(type => type.Name);
        Assert.Equal(phases.Order(), s_answers.Keys.Concat(s_next.Keys).Order());
    }

    private static TheoryData<string, string> Pairs(IEnumerable<string> phases)
    {
        var pairs = new TheoryData<string, string>();
        foreach (string phase in phases)
        {
            foreach (string kind in s_routed.Keys.Concat(s_notRouted.Keys))
                pairs.Add(phase, kind);
        }
        return pairs;
    }

    private static TapdiskRequest RequestOf(string kind) => s_routed.GetValueOrDefault(kind) ?? s_notRouted[kind];

    private static string Expected(string phase, string kind)
    {
        int column = s_routed.Keys.ToList().IndexOf(kind);
        if (column >= 0)
            return s_answers[phase][column];
        return phase == "Gone" ? Detaching : Unhandled;
    }

    /// <summary>Hears the answers to its requests, and of requests that nobody handles.</summary>
    private TestProbe Asker()
    {
        TestProbe asker = CreateTestProbe("asker");
        Sys.EventStream.Subscribe(asker, typeof(UnhandledMessage));
        return asker;
    }

    private static async Task<string> NextAsync(TestProbe asker) => await asker.FishForMessageAsync(Matters) switch
    {
        UnhandledMessage => Unhandled,
        TapdiskResponse.Error error => $"{error.Errno} {error.Text}",
        var answer => answer.GetType().Name,
    };

    /// <summary>What the disk does not handle besides requests, late answers for example, is not what is asked here.</summary>
    private static bool Matters(object message) => message is TapdiskResponse or UnhandledMessage { Message: TapdiskRequest };
}
