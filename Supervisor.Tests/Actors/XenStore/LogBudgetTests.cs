using Tapvisor.Actors.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

public sealed class LogBudgetTests
{
    [Fact]
    public void A_device_has_so_many_lines_a_minute_and_then_again()
    {
        var budget = new LogBudget();
        Assert.Equal(20, Enumerable.Range(0, 1000).Count(_ => budget.TrySpend(TimeSpan.FromSeconds(5))));
        Assert.True(budget.TrySpend(TimeSpan.FromSeconds(66)));
    }
}
