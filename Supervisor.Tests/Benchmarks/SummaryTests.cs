using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Report;

namespace Tapvisor.Tests.Benchmarks;

public sealed class SummaryTests
{
    private const string Base = "qemu-nbd";
    private const string Other = "tapvisor";

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 9, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 100, 2 }, 3)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));

    [Fact]
    public void There_is_no_median_of_nothing() => Assert.Throws<ArgumentException>(() => Statistics.Median([]));

    [Fact]
    public void Figures_are_medians_over_rounds_with_the_extremes_beside_them()
    {
        Summary summary = Assert.Single(Of(
            Sample.Run(1, Other, 1000, 5, rssMebibytes: 20),
            Sample.Run(2, Other, 4000, 7, rssMebibytes: 30),
            Sample.Run(3, Other, 2000, 6, rssMebibytes: 25)));
        Assert.Equal(
            new Summary(Other, 3, 2000, 1000, 4000, 2000 * 4096, 500, 1000, 6, 30 << 20, null, null),
            summary with { CpuMicrosecondsPerIo = Math.Round(summary.CpuMicrosecondsPerIo, 9) });
    }

    [Fact]
    public void A_ratio_is_the_median_of_the_ratios_within_rounds()
    {
        // Medians of 2000 and 2000 would give 1; in two rounds of three it was twice as fast.
        IReadOnlyList<Summary> summaries = Of(
            Sample.Run(1, Base, 1000, 10), Sample.Run(1, Other, 2000, 5),
            Sample.Run(2, Base, 2000, 10), Sample.Run(2, Other, 4000, 4),
            Sample.Run(3, Base, 8000, 10), Sample.Run(3, Other, 800, 2));
        Summary other = summaries.Single(summary => summary.Server == Other);
        Assert.Equal(2, other.IopsRatio!.Value, 9);
        Assert.Equal(0.4, other.CpuRatio!.Value, 9);
    }

    [Fact]
    public void The_baseline_has_ratios_of_one()
    {
        Summary summary = Assert.Single(Of(Sample.Run(1, Base, 1000, 10), Sample.Run(2, Base, 3000, 20)));
        Assert.Equal((1, 1), (summary.IopsRatio, summary.CpuRatio));
    }

    [Fact]
    public void A_round_that_one_of_the_two_lacks_does_not_count_for_the_ratio()
    {
        IReadOnlyList<Summary> summaries = Of(Sample.Run(1, Base, 1000, 10), Sample.Run(2, Other, 9000, 1), Sample.Run(1, Other, 3000, 5));
        Assert.Equal(3, summaries.Single(summary => summary.Server == Other).IopsRatio!.Value, 9);
    }

    [Fact]
    public void Without_the_baseline_there_is_no_ratio()
    {
        Summary summary = Assert.Single(Of(Sample.Run(1, Other, 1000, 5)));
        Assert.Null(summary.IopsRatio);
        Assert.Null(summary.CpuRatio);
    }

    [Fact]
    public void Time_too_short_for_the_clock_of_the_baseline_gives_no_ratio()
    {
        IReadOnlyList<Summary> summaries = Of(Sample.Run(1, Base, 10, 0), Sample.Run(1, Other, 20, 5));
        Summary other = summaries.Single(summary => summary.Server == Other);
        Assert.Null(other.CpuRatio);
        Assert.Equal(2, other.IopsRatio);
    }

    [Fact]
    public void Servers_stand_in_the_order_asked_for_and_those_without_a_run_are_left_out()
    {
        Measurement[] runs = [Sample.Run(1, Base, 1000, 10), Sample.Run(1, Other, 1000, 10)];
        Assert.Equal([Other, Base], Summary.Of(runs, [Other, "nbdkit", Base], Base).Select(summary => summary.Server));
    }

    private static IReadOnlyList<Summary> Of(params Measurement[] runs) => Summary.Of(runs, [Other, Base], Base);
}
