using Tapvisor.Actors.Supervisor;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

public sealed class RecoveryTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    [Fact]
    public void A_driver_that_crashes_is_opened_again_and_the_ring_stays()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        PassTimeUntil(() => host.History.ImageRestarts == 1 && host.FakeImage.IsOpen && Opens(host) == 2);
        Assert.True(host.FakeFrontEnds.IsStarted);
        Assert.Equal("InvalidOperationException: boom", host.History.LastReason);
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void The_failed_drivers_image_is_closed_before_it_is_opened_again()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        PassTimeUntil(() => Opens(host) == 2);
        Assert.Equal(["close by force", "open", "close by force", "open"], host.FakeImage.Calls);
    }

    [Fact]
    public void The_reason_of_the_last_restart_shows_in_stats()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new TimeoutException("3 requests made no progress for 60 s."));
        PassTimeUntil(() => Opens(host) == 2);
        string json = Ask<TapdiskResponse.Stats>(new TapdiskRequest.Stats(0)).Json;
        Assert.Contains("\"restarts\": { \"image\": 1, \"tapdisk\": 0,", json, StringComparison.Ordinal);
        Assert.Contains("\"last_reason\": \"3 requests made no progress for 60 s.\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_away_for_a_while_is_waited_for()
    {
        FakeDiskHost host = Open(0);
        for (int i = 0; i < 4; i++)
            host.FakeImage.RefuseNext(Errno.EIO);
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        PassTimeUntil(() => Opens(host) == 6 && host.FakeImage.IsOpen);
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void An_image_that_does_not_come_back_is_given_up_and_its_guest_sees_errors()
    {
        FakeDiskHost host = Open(0);
        for (int i = 0; i < 10000; i++)
            host.FakeImage.RefuseNext(Errno.EIO);
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        PassTimeUntil(() => StateOf(0) == VbdState.TD_VBD_DEAD);
        AwaitCondition(() => host.FakeImage.Calls.Contains($"fail {Errno.EIO}"));
    }

    [Fact]
    public void A_damaged_image_is_given_up_at_once()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new BlockException(BlockErrorKind.CorruptImage, Errno.EIO, "the BAT overlaps itself"));
        AwaitCondition(() => host.FakeImage.Calls.Contains($"fail {Errno.EIO}"));
        Assert.Equal(VbdState.TD_VBD_DEAD, StateOf(0));
        Assert.Equal(1, Opens(host));
        Assert.Equal(0, host.History.TapdiskRestarts);
    }

    [Fact]
    public void A_lost_lease_is_given_up_at_once()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new BlockException(BlockErrorKind.LeaseLost, Errno.EIO, "another host has the image"));
        AwaitCondition(() => StateOf(0) == VbdState.TD_VBD_DEAD);
    }

    [Fact]
    public void A_driver_that_fails_before_clients_can_come_is_recovered_when_they_can()
    {
        FakeDiskHost host = Attach(0);
        host.FakeFrontEnds.Hold();
        Supervisor.Tell(new TapdiskRequest.Open(0, Raw()), TestActor);
        AwaitCondition(() => host.FakeFrontEnds.Starts == 1);
        host.FakeImage.Fail(new InvalidOperationException("too early"));
        AwaitCondition(() => host.History.ImageRestarts == 1 && !host.FakeImage.IsOpen);
        host.FakeFrontEnds.LetGo();
        ExpectMsg<TapdiskResponse.Open>();
        PassTimeUntil(() => Opens(host) == 2 && host.FakeImage.IsOpen && StateOf(0) == VbdState.None);
    }

    [Fact]
    public void A_reload_changes_how_often_a_running_disks_driver_is_restarted()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new InvalidOperationException("first"));
        PassTimeUntil(() => Opens(host) == 2 && StateOf(0) == VbdState.None && host.FakeImage.IsOpen);

        Settings.Current = Settings.Current with { ImageRestarts = 0 };
        host.FakeImage.Fail(new InvalidOperationException("second"));
        PassTimeUntil(() => host.History.TapdiskRestarts == 1);

        Settings.Current = Settings.Current with { TapdiskRestarts = 0 };
        PassTimeUntil(() => Opens(host) == 3 && host.FakeImage.IsOpen);
        host.FakeImage.Fail(new InvalidOperationException("third"));
        PassTimeUntil(() => StateOf(0) == VbdState.TD_VBD_DEAD);
        Assert.Equal(1, host.History.ImageRestarts - 2);
    }

    [Fact]
    public void A_driver_that_keeps_crashing_restarts_the_tapdisk_and_in_the_end_is_given_up()
    {
        Settings.Current = Settings.Current with { ImageRestarts = 2, TapdiskRestarts = 1 };
        FakeDiskHost host = Open(0);
        int crashed = 0;
        PassTimeUntil(() =>
        {
            if (StateOf(0) == VbdState.TD_VBD_DEAD)
                return true;
            if (host.FakeImage.IsOpen && Opens(host) > crashed && host.History.ImageRestarts == crashed)
            {
                crashed++;
                host.FakeImage.Fail(new InvalidOperationException($"crash {crashed}"));
            }
            return false;
        });
        Assert.Equal(1, host.History.TapdiskRestarts);
        AwaitCondition(() => host.FakeImage.Calls.Contains($"fail {Errno.EIO}"));
        Assert.Equal("aio:/srv/a.img", Table.List(0)[0].Path);
    }

    [Fact]
    public void A_disk_that_was_given_up_can_be_repaired_paused_and_resumed()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new BlockException(BlockErrorKind.CorruptImage, Errno.EIO, "damaged"));
        AwaitCondition(() => StateOf(0) == VbdState.TD_VBD_DEAD);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal(VbdState.None, StateOf(0));
        Assert.True(host.FakeImage.IsOpen);
    }

    [Fact]
    public void A_disk_that_was_given_up_can_be_closed_and_detached()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new BlockException(BlockErrorKind.CorruptImage, Errno.EIO, "damaged"));
        AwaitCondition(() => StateOf(0) == VbdState.TD_VBD_DEAD);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Ask<TapdiskResponse.Detach>(new TapdiskRequest.Detach(0));
        Assert.True(host.IsDisposed);
    }

    [Fact]
    public void A_recovering_disk_can_be_paused()
    {
        FakeDiskHost host = Open(0);
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        AwaitCondition(() => host.FakeImage.Calls.Count(call => call == "close by force") == 2);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((VbdState)0x2a, StateOf(0));
        Assert.False(host.FakeImage.IsOpen);
    }

    [Fact]
    public void A_crash_of_one_disk_touches_no_other()
    {
        FakeDiskHost sound = Open(0);
        FakeDiskHost sick = Open(1);
        sick.FakeImage.Fail(new InvalidOperationException("boom"));
        PassTimeUntil(() => Opens(sick) == 2);
        Assert.Equal(["close by force", "open"], sound.FakeImage.Calls);
        Assert.Equal(0, sound.History.ImageRestarts);
    }

    [Fact]
    public void Faults_are_injected_only_where_the_configuration_allows_it()
    {
        FakeDiskHost host = Open(0);
        var inject = new TapdiskRequest.Inject(0, FaultKind.Crash, FaultOperation.Write, 0, 3);
        Assert.Equal(Errno.EPERM, Ask<TapdiskResponse.Error>(inject).Errno);
        Settings.Current = Settings.Current with { FaultInjection = true };
        Ask<TapdiskResponse.Inject>(inject);
        Assert.Equal([(FaultKind.Crash, FaultOperation.Write, 0u, 3u)], host.Injected);
    }

    [Fact]
    public void Disks_of_a_dead_service_come_back_open_or_paused_as_they_were()
    {
        for (int minor = 0; minor < 3; minor++)
            Markers.Allocate();
        Supervisor.Tell(
            new Adopt([
                new() { Minor = 0, Name = "aio:/srv/a.img", Sectors = 2048, SectorSize = 512 },
                new() { Minor = 1, Name = "aio:/srv/b.img", Sectors = 2048, SectorSize = 512, Paused = true },
                new() { Minor = 2 },
                new() { Minor = 3, Name = "aio:/srv/no-marker.img" },
            ]),
            TestActor);
        Adopted adopted = ExpectMsg<Adopted>();
        Assert.Equal([0, 1, 2], adopted.Minors);
        Assert.Contains("minor 3", Assert.Single(adopted.Refused), StringComparison.Ordinal);
        PassTimeUntil(() => Hosts[0].FakeImage.IsOpen && Hosts[0].FakeFrontEnds.IsStarted);
        Assert.Equal((VbdState)0x2a, StateOf(1));
        Assert.False(Hosts[1].FakeImage.IsOpen);
        Assert.Equal(VbdState.None, StateOf(2));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(1, new TapdiskParams()));
    }

    [Fact]
    public void At_the_end_every_image_is_closed_and_the_journal_keeps_the_disks()
    {
        FakeDiskHost open = Open(0);
        Open(1);
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(1));
        Attach(2);
        Supervisor.Tell(new EndAll(), TestActor);
        ExpectMsg<AllEnded>();
        Assert.False(open.FakeImage.IsOpen);
        Assert.False(open.FakeFrontEnds.IsStarted);
        Assert.Equal(("aio:/srv/a.img", false), (Journal[0]!.Name, Journal[0]!.Paused));
        Assert.Equal(("aio:/srv/a.img", true), (Journal[1]!.Name, Journal[1]!.Paused));
    }

    private static int Opens(FakeDiskHost host) => host.FakeImage.Calls.Count(call => call == "open");
}
