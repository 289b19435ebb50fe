using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Tapvisor.Actors.Ring;
using Tapvisor.BlockIo;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.Tapdisk;

/// <summary>A disk's parts fail while somebody waits for the disk.</summary>
public sealed class BrokenPhaseTests(ITestOutputHelper output) : TapdiskSpec(output)
{
    private const string Stopped = "Minor 0 failed: its image driver stopped.";

    [Theory]
    [InlineData("Opening")]
    [InlineData("Resuming")]
    public async Task A_damaged_image_answers_the_client_and_gives_the_disk_up(string phase)
    {
        await DamageImageAsync(phase);
        Assert.Equal(VbdState.TD_VBD_DEAD, StateOf(0));
    }

    [Fact]
    public async Task What_broke_an_open_has_no_bearing_on_what_comes_after()
    {
        await DamageImageAsync("Opening");
        Host.FakeFrontEnds.LetGo();
        Disk.Tell(new TapdiskRequest.Close(0), Client);
        await Client.ExpectMsgAsync<TapdiskResponse.Close>();
        Disk.Tell(new TapdiskRequest.Open(0, Raw()), Client);
        await Client.ExpectMsgAsync<TapdiskResponse.Open>();
    }

    [Theory]
    [InlineData("Opening")]
    [InlineData("Pausing")]
    [InlineData("Resuming")]
    [InlineData("Closing")]
    public async Task A_tapdisk_that_is_restarted_answers_whoever_waits_and_then_those_that_came_too_early(string phase)
    {
        await BringIntoAsync(phase);
        TestProbe early = CreateTestProbe();
        Disk.Tell(new TapdiskRequest.Pause(0), early);
        await StopImageAsync();
        Assert.Equal((Errno.EIO, Stopped), await ErrorAsync());
        Host.FakeImage.LetGo();
        await early.ExpectMsgAsync<TapdiskResponse.Pause>();
        Assert.Equal(1, Host.History.TapdiskRestarts);
    }

    [Fact]
    public async Task A_new_incarnation_of_a_paused_disk_is_paused()
    {
        await BringIntoAsync("Resuming");
        await StopImageAsync();
        await ErrorAsync();
        Host.FakeImage.LetGo();
        Disk.Tell(new TapdiskRequest.Resume(0, new TapdiskParams()), Client);
        await Client.ExpectMsgAsync<TapdiskResponse.Resume>();
    }

    [Fact]
    public async Task A_ring_device_that_fails_when_its_image_has_failed_already_does_not_keep_the_image_from_coming_back()
    {
        await BringIntoAsync("Recovering");
        Host.FakeFrontEnds.Hold();
        PassTimeUntil(() => Host.FakeFrontEnds.Starts == 2);
        await FailDriverAsync();
        Sys.EventStream.Subscribe(Client, typeof(UnhandledMessage));
        Host.FakeFrontEnds.LetGo(new BlockException(BlockErrorKind.Io, Errno.EADDRINUSE, "no socket"));
        await Client.FishForMessageAsync(message => message is UnhandledMessage { Message: RingProtocol.StartFailed });
        await EventFilter.Info(contains: "recovered aio:").ExpectOneAsync(() =>
        {
            PassTimeUntil(() => Host.FakeFrontEnds.Starts == 3);
            return Task.CompletedTask;
        });
        Assert.Equal(3, Host.FakeImage.Calls.Count(call => call == "open"));
    }

    /// <summary>Its image turns out to be damaged while its ring device is being started.</summary>
    private async Task DamageImageAsync(string phase)
    {
        await BringIntoAsync(phase);
        int starts = Host.FakeFrontEnds.Starts;
        Host.FakeFrontEnds.Hold();
        Host.FakeImage.LetGo();
        await AwaitConditionAsync(() => Task.FromResult(Host.FakeFrontEnds.Starts == starts + 1));
        Host.FakeImage.Fail(new BlockException(BlockErrorKind.CorruptImage, Errno.EIO, "damaged"));
        Assert.Equal((Errno.EIO, "Minor 0 failed: damaged."), await ErrorAsync());
    }

    private async Task StopImageAsync() =>
        Sys.Stop(await Sys.ActorSelection(Disk.Path / "image").ResolveOne(TimeSpan.FromSeconds(20)));

    private async Task<(int Errno, string Text)> ErrorAsync()
    {
        TapdiskResponse.Error error = await Client.ExpectMsgAsync<TapdiskResponse.Error>();
        return (error.Errno, error.Text);
    }
}
