using Akka.TestKit;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.Supervisor.Configuration;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

/// <summary>What the settings below tapvisor.restart and tapvisor.resume make of disks whose images fail.</summary>
public sealed class RestartSettingTests : SupervisorSpec
{
    private readonly TestProbe _opened;

    public RestartSettingTests(ITestOutputHelper output)
        : base(output)
    {
        _opened = CreateTestProbe();
        Sys.EventStream.Subscribe(_opened.Ref, typeof(DiskProtocol.Opened));
    }

    /// <summary>The second differs from each of the others in one setting.</summary>
    [Theory]
    [InlineData("backoff-minimum = 1s, backoff-maximum = 10m, patience = 30s", VbdState.None)]
    [InlineData("backoff-minimum = 1m, backoff-maximum = 10m, patience = 30s", VbdState.TD_VBD_DEAD)]
    [InlineData("backoff-minimum = 1m, backoff-maximum = 10m, patience = 2m", VbdState.None)]
    [Setting("tapvisor.restart.backoff-minimum")]
    [Setting("tapvisor.restart.patience")]
    public void An_image_comes_back_unless_patience_ends_before_the_pause(string restart, VbdState expected) =>
        Assert.Equal(expected, Crash(OpenWith($"tapvisor.restart {{ {restart} }}")));

    [Theory]
    [InlineData("25s", VbdState.None)]
    [InlineData("10m", VbdState.TD_VBD_DEAD)]
    [Setting("tapvisor.restart.backoff-maximum")]
    public void A_pause_doubles_up_to_the_longest(string longest, VbdState expected)
    {
        FakeDiskHost host = OpenWith($"tapvisor.restart {{ backoff-minimum = 20s, backoff-maximum = {longest}, patience = 30s, window = 1d }}");
        Assert.Equal(VbdState.None, Crash(host));
        Assert.Equal(expected, Crash(host));
    }

    [Theory]
    [InlineData("1ms", VbdState.None)]
    [InlineData("1d", VbdState.TD_VBD_DEAD)]
    [Setting("tapvisor.restart.window")]
    public void A_driver_that_has_worked_for_longer_than_the_window_begins_anew_with_short_pauses(string window, VbdState expected)
    {
        FakeDiskHost host = OpenWith($"tapvisor.restart {{ backoff-minimum = 20s, backoff-maximum = 10m, patience = 30s, window = {window} }}");
        Assert.Equal(VbdState.None, Crash(host));
        TimeSpan running = Time.MonotonicClock;
        PassTimeUntil(() => Time.MonotonicClock - running > TimeSpan.FromMilliseconds(1));

        // A first pause of 20 s is shorter than patience, a second one of 40 s is not.
        Assert.Equal(expected, Crash(host));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(2, 0, 2)]
    [InlineData(0, 2, 2)]
    [Setting("tapvisor.restart.image-restarts")]
    [Setting("tapvisor.restart.tapdisk-restarts")]
    public void A_driver_may_crash_as_often_as_is_set(int images, int tapdisks, int survived)
    {
        FakeDiskHost host = OpenWith($"tapvisor.restart {{ image-restarts = {images}, tapdisk-restarts = {tapdisks} }}");
        for (int crash = 0; crash < survived; crash++)
            Assert.Equal(VbdState.None, Crash(host));
        Assert.Equal(tapdisks, host.History.TapdiskRestarts);
        Assert.Equal(VbdState.TD_VBD_DEAD, Crash(host));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Setting("tapvisor.resume.attempts")]
    public void A_busy_storage_is_tried_as_often_as_is_set_before_a_resume_fails(int attempts)
    {
        FakeDiskHost host = OpenWith($"tapvisor.resume {{ attempts = {attempts}, interval = 100ms }}");
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        for (int i = 0; i < attempts; i++)
            host.FakeImage.RefuseNext(Errno.EBUSY);
        Resume();
        Assert.Equal(Errno.EBUSY, ExpectMsg<TapdiskResponse.Error>().Errno);
        Assert.Equal(attempts + 1, host.FakeImage.Calls.Count(call => call == "open"));
    }

    [Fact]
    [Setting("tapvisor.resume.interval")]
    public void Between_the_attempts_of_a_resume_is_the_pause_that_is_set()
    {
        FakeDiskHost host = OpenWith("tapvisor.resume { attempts = 2, interval = 30s }");
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        host.FakeImage.RefuseNext(Errno.EBUSY);
        DateTimeOffset begun = Time.Now;
        Resume();
        ExpectMsg<TapdiskResponse.Resume>();
        Assert.True(Time.Now - begun >= TimeSpan.FromSeconds(30));
    }

    private FakeDiskHost OpenWith(string hocon)
    {
        Settings.Current = TestSettings.Of(hocon).Supervisor with { Pid = Settings.Current.Pid };
        FakeDiskHost host = Open(0);
        _opened.ExpectMsg<DiskProtocol.Opened>();
        return host;
    }

    /// <summary>The driver of the running disk fails.</summary>
    /// <returns>The disk's state when it runs again, or when it is given up.</returns>
    private VbdState Crash(FakeDiskHost host)
    {
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        PassTimeUntil(() => _opened.HasMessages || StateOf(0) == VbdState.TD_VBD_DEAD);
        if (_opened.HasMessages)
            _opened.ExpectMsg<DiskProtocol.Opened>();
        return StateOf(0);
    }

    private void Resume()
    {
        Supervisor.Tell(new TapdiskRequest.Resume(0, new TapdiskParams()), TestActor);
        PassTimeUntil(() => HasMessages);
    }
}
