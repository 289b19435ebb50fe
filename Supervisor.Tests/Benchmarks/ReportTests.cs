using System.Text.Json;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Report;

namespace Tapvisor.Tests.Benchmarks;

public sealed class ReportTests
{
    private static readonly BenchmarkReport Report = new(
        new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero),
        "benchmarks nbd --rounds 1",
        "1 round of 1 s.",
        new MachineInfo("Some Processor", 2, 24L << 30, "6.18.0", ".NET 10.0.12", "ext4 on /dev/vda"),
        LoadBefore: 0.05,
        LoadAfter: 1.5,
        [
            new ProgramInfo("tapvisor", "0.1.0", "direct I/O"),
            new ProgramInfo("qemu-nbd", "7.2", "aio=io_uring"),
            new ProgramInfo("fio", "fio-3.33", ""),
        ],
        ["the load average was high."],
        [new Failure("nbdkit", "it ended by itself.")],
        [Sample.Job, FioJob.All[3]],
        [Sample.Run(1, "qemu-nbd", 10000, 20), Sample.Run(1, "tapvisor", 25000, 5, rssMebibytes: 40)]);

    [Fact]
    public void A_table_has_columns_of_one_width_and_figures_to_the_right() => Assert.Equal(
        """
        | name |  a |
        | ---- | -: |
        | long |  1 |
        | x    | 22 |

        """,
        MarkdownTable.Format(["name", "a"], [["long", "1"], ["x", "22"]]));

    [Fact]
    public void The_report_has_a_table_of_each_job_with_ratios_to_the_baseline() => Assert.Contains(
        """
        ### 4 KiB random read, queue depth 32

        | server   |      IOPS (min–max) | MB/s | p50 µs | p99 µs | CPU µs/IO | RSS MiB | IOPS / qemu-nbd | CPU / qemu-nbd |
        | -------- | ------------------: | ---: | -----: | -----: | --------: | ------: | --------------: | -------------: |
        | tapvisor | 25000 (25000–25000) |  102 |     40 |     80 |      5.00 |    40.0 |            2.50 |           0.25 |
        | qemu-nbd | 10000 (10000–10000) |   41 |    100 |    200 |     20.00 |    10.0 |            1.00 |           1.00 |

        """,
        MarkdownReport.Format(Report, "qemu-nbd"),
        StringComparison.Ordinal);

    [Fact]
    public void A_job_that_nobody_finished_says_so() => Assert.Contains(
        "### 1 MiB sequential read, queue depth 8\n\nNo server finished a run.\n",
        MarkdownReport.Format(Report, "qemu-nbd"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Measured 2026-03-01 12:30 +00:00. 1 round of 1 s.\n")]
    [InlineData("- Machine: 2 × Some Processor, 24 GiB, Linux 6.18.0, .NET 10.0.12; image on ext4 on /dev/vda\n")]
    [InlineData("- Load average (1 min): 0.05 before, 1.50 after")]
    [InlineData("- qemu-nbd: 7.2; aio=io_uring\n- fio: fio-3.33\n")]
    [InlineData("- Command: `benchmarks nbd --rounds 1`\n")]
    [InlineData("- **Warning:** the load average was high.\n")]
    [InlineData("- **Failed:** nbdkit: it ended by itself.\n")]
    public void The_report_says_what_a_reader_needs_to_believe_it(string line) =>
        Assert.Contains(line, MarkdownReport.Format(Report, "qemu-nbd"), StringComparison.Ordinal);

    [Fact]
    public void The_JSON_has_every_run()
    {
        using JsonDocument json = JsonDocument.Parse(JsonReport.Format(Report));
        JsonElement run = json.RootElement.GetProperty("measurements")[1];
        Assert.Equal("tapvisor", run.GetProperty("server").GetString());
        Assert.Equal(25000, run.GetProperty("result").GetProperty("iops").GetDouble());
        Assert.Equal(0.125, run.GetProperty("serverCpuSeconds").GetDouble(), 9);
        Assert.Equal("nbdkit", json.RootElement.GetProperty("failures")[0].GetProperty("server").GetString());
    }
}
