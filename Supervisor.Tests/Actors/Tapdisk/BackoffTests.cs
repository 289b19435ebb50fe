using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.Tapdisk;

namespace Tapvisor.Tests.Actors.Tapdisk;

public sealed class BackoffTests
{
    private readonly SettingsSource _settings = new(new SupervisorSettings
    {
        RestartBackoffMinimum = TimeSpan.FromMilliseconds(100),
        RestartBackoffMaximum = TimeSpan.FromMilliseconds(700),
        RestartWindow = TimeSpan.FromMinutes(5),
    });

    [Fact]
    public void Pauses_double_up_to_the_longest()
    {
        var backoff = new Backoff(_settings);
        Assert.Equal([100, 200, 400, 700, 700], Enumerable.Range(0, 5).Select(_ => backoff.Next().TotalMilliseconds));
    }

    [Fact]
    public void A_driver_that_had_worked_for_longer_than_the_window_begins_anew()
    {
        var backoff = new Backoff(_settings);
        backoff.Next();
        backoff.Next();
        Assert.Equal(TimeSpan.FromMilliseconds(100), backoff.NextAfter(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(1)));
        Assert.Equal(TimeSpan.FromMilliseconds(200), backoff.Next());
    }

    [Fact]
    public void A_driver_that_failed_again_within_the_window_does_not()
    {
        var backoff = new Backoff(_settings);
        backoff.Next();
        Assert.Equal(TimeSpan.FromMilliseconds(200), backoff.NextAfter(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void However_often_it_failed_the_pause_is_the_longest()
    {
        var backoff = new Backoff(_settings);
        for (int i = 0; i < 2000; i++)
            backoff.Next();
        Assert.Equal(TimeSpan.FromMilliseconds(700), backoff.Next());
    }

    [Fact]
    public void A_reload_counts_at_once()
    {
        var backoff = new Backoff(_settings);
        _settings.Current = _settings.Current with { RestartBackoffMinimum = TimeSpan.FromMilliseconds(7) };
        Assert.Equal(TimeSpan.FromMilliseconds(7), backoff.Next());
    }
}
