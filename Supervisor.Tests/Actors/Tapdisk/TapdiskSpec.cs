using Akka.Actor;
using Akka.TestKit;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.BlockIo;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.Tapdisk;

/// <summary>A disk, minor 0, that is brought into one of its phases and then spoken to without the supervisor in between.</summary>
public abstract class TapdiskSpec : SupervisorSpec
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    protected TapdiskSpec(ITestOutputHelper output)
        : base(output)
    {
        Client = CreateTestProbe("client");
        Host = Attach(0);
        Disk = Sys.ActorSelection("/user/supervisor/tapdisk-0").ResolveOne(s_patience).GetAwaiter().GetResult();
    }

    /// <summary>Whoever asked for what is under way.</summary>
    internal TestProbe Client { get; }

    internal FakeDiskHost Host { get; }

    internal IActorRef Disk { get; }

    internal async Task BringIntoAsync(string phase)
    {
        switch (phase)
        {
            case "Attached":
                break;
            case "Opening":
                Host.FakeImage.Hold();
                Disk.Tell(new TapdiskRequest.Open(0, Raw()), Client);
                break;
            case "Running":
                await DoAsync(new TapdiskRequest.Open(0, Raw()));
                break;
            case "Recovering":
                await BringIntoAsync("Running");
                await FailDriverAsync();
                break;
            case "GivenUp":
                await BringIntoAsync("Running");
                Host.FakeImage.Fail(new BlockException(BlockErrorKind.CorruptImage, Errno.EIO, "damaged"));
                await AwaitConditionAsync(() => Task.FromResult(StateOf(0) == VbdState.TD_VBD_DEAD));
                break;
            case "Pausing":
                await BringIntoAsync("Running");
                Host.FakeImage.Hold();
                Disk.Tell(new TapdiskRequest.Pause(0), Client);
                break;
            case "Paused":
                await BringIntoAsync("Running");
                await DoAsync(new TapdiskRequest.Pause(0));
                break;
            case "Resuming":
                await BringIntoAsync("Paused");
                Host.FakeImage.Hold();
                Disk.Tell(new TapdiskRequest.Resume(0, new TapdiskParams()), Client);
                break;
            case "Closing":
                await BringIntoAsync("Running");
                Host.FakeImage.Hold();
                Disk.Tell(new TapdiskRequest.Close(0), Client);
                break;
            case "Gone":
                await BringIntoAsync("Running");
                Disk.Tell(new DiskProtocol.End(), Client);
                await Client.ExpectMsgAsync<DiskProtocol.Ended>(s_patience);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(phase), phase, "No such phase.");
        }
    }

    /// <summary>Returns when the disk recovers.</summary>
    internal async Task FailDriverAsync() => await EventFilter.Warning(contains: "its guest waits").ExpectOneAsync(() =>
    {
        Host.FakeImage.Fail(new InvalidOperationException("boom"));
        return Task.CompletedTask;
    });

    private async Task DoAsync(TapdiskRequest request)
    {
        Disk.Tell(request, Client);
        Assert.IsNotType<TapdiskResponse.Error>(await Client.ExpectMsgAsync<TapdiskResponse>(s_patience));
    }
}
