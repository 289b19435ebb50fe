using Tapvisor.BlockIo.Engines.Posix;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class SpinnerTests
{
    private const long Limit = 100;

    [Fact]
    public void Without_a_limit_there_is_no_spinning() => Assert.False(new Spinner(0).IsOn);

    [Fact]
    public void It_is_worthwhile_as_long_as_waits_are_shorter_than_the_limit()
    {
        var spinner = new Spinner(Limit);
        for (int i = 0; i < 100; i++)
            spinner.Observe(Limit - 1);
        Assert.True(spinner.IsWorthwhile);
        for (int i = 0; i < 100; i++)
            spinner.Observe(2 * Limit);
        Assert.False(spinner.IsWorthwhile);
        for (int i = 0; i < 100; i++)
            spinner.Observe(Limit / 2);
        Assert.True(spinner.IsWorthwhile);
    }

    [Fact]
    public void A_single_pause_is_forgotten_soon()
    {
        var spinner = new Spinner(Limit);
        spinner.Observe(long.MaxValue);
        Assert.False(spinner.IsWorthwhile);
        int waits = 0;
        for (; !spinner.IsWorthwhile; waits++)
            spinner.Observe(0);
        Assert.InRange(waits, 1, 10);
    }
}
