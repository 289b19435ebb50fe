using Tapvisor.Tests.Formats.Vhd;
using Tapvisor.VhdUtil.Copying;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>What people see on terminals, wide and narrow.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(80)]
    public void The_picture_of_a_disk_fits_the_terminal(int width)
    {
        string image = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", image, "-s", "512");
        string bar = VhdUtilRun.OnTerminal(width, "info", image).Output.Split('\n').Single(line => line.EndsWith(']'));
        Assert.InRange(bar.Length, width / 2, width);
    }

    [Fact]
    public void The_prompt_does_not_follow_the_count_of_coalesced_sectors_on_its_line()
    {
        VhdUtilRun run = VhdUtilRun.OnTerminal(80, "coalesce", "-n", VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd"));
        Assert.Equal("Coalesced 111 sectors", run.Output);
        Assert.EndsWith("\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(59)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void Progress_takes_one_line_however_long_the_name_is(int width)
    {
        for (int length = 1; length < 200; length++)
        {
            var line = ProgressLine.Fit(new string('x', length), width);
            int columns = line.Title.Length + 1 + line.BarWidth + " 100%".Length + (line.HasTime ? " 00:00:00".Length : 0);
            Assert.InRange(columns, 1, width - 1);
            Assert.True(line.Title.Length == length || line.Title.EndsWith("..", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_name_that_fits_is_shown_whole() =>
        Assert.Equal(new ProgressLine("copying disk.vhd", 17, HasTime: false), ProgressLine.Fit("copying disk.vhd", 40));
}
