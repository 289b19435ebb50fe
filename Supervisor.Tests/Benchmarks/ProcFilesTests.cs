using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Tests.Benchmarks;

public sealed class ProcFilesTests
{
    private const string Stat =
        "4711 (qemu-nbd) S 1 4711 4711 0 -1 4194304 1022 17 3 0 250 731 9 4 20 0 5 0 191812 1117315072 2163 18446744073709551615 1 1 0 0\n";

    [Fact]
    public void Processor_time_is_user_and_system_time_without_that_of_children() => Assert.Equal(9.81, ProcStat.CpuSeconds(Stat));

    [Theory]
    [InlineData("(tap disk)")]
    [InlineData("(a) b (c) S 1)")]
    [InlineData("()")]
    public void A_name_with_blanks_and_brackets_shifts_no_field(string name) =>
        Assert.Equal(9.81, ProcStat.CpuSeconds(Stat.Replace("(qemu-nbd)", name, StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("4711 (qemu-nbd) S 1 2 3")]
    public void A_line_without_the_fields_is_refused(string stat) => Assert.Throws<FormatException>(() => ProcStat.CpuSeconds(stat));

    [Fact]
    public void Resident_memory_is_VmRSS_in_KiB() =>
        Assert.Equal(8652 * 1024, ProcStatus.RssBytes("Name:\tqemu-nbd\nVmHWM:\t    9000 kB\nVmRSS:\t    8652 kB\nRssAnon:\t 1 kB\n"));

    [Fact]
    public void A_process_that_has_ended_has_no_memory() => Assert.Equal(0, ProcStatus.RssBytes("Name:\tqemu-nbd\nState:\tZ (zombie)\n"));

    [Fact]
    public void This_process_uses_time_and_memory()
    {
        ServerUsage usage = ServerUsage.Read(Environment.ProcessId);
        Assert.True(usage.CpuSeconds > 0);
        Assert.InRange(usage.RssBytes, 1 << 20, 1L << 40);
    }

    [Fact]
    public void The_load_average_is_that_of_the_last_minute() => Assert.Equal(1.25, LoadAverage.Parse("1.25 0.50 0.25 2/345 6789\n"));

    [Theory]
    [InlineData("/var/tmp/a.img", "ext4 on /dev/vda")]
    [InlineData("/srv/a.img", "xfs on /dev/vdb")]
    [InlineData("/srv2/a.img", "ext4 on /dev/vda")]
    [InlineData("/srv/fast/a.img", "btrfs on /dev/vdd")]
    public void A_path_lies_on_the_innermost_and_last_mount(string path, string expected) => Assert.Equal(
        expected,
        MountTable.Describe(
            """
            /dev/vda / ext4 rw 0 0
            proc /proc proc rw 0 0
            /dev/vdb /srv xfs rw 0 0
            /dev/vdc /srv/fast ext4 rw 0 0
            /dev/vdd /srv/fast btrfs rw 0 0

            """,
            path));
}
