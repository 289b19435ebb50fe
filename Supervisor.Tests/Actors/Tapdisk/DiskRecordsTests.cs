using Tapvisor.Actors.Tapdisk;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Actors.Tapdisk;

public sealed class DiskRecordsTests
{
    private static readonly DiskRecord s_record = new() { Minor = 3, Name = "aio:/srv/a.img", ParentMinor = 5 };

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, 0)]
    public void Open_names_the_parents_minor_unless_it_is_negative(int minor, int? expected)
    {
        Assert.Equal(expected, s_record.OpenedWith(new TapdiskParams { Path = "aio:/srv/b.img", ParentMinor = minor }).ParentMinor);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("aio:/srv/a.img", 5)]
    [InlineData("aio:/srv/b.img", null)]
    public void Resume_keeps_the_parents_minor_under_the_same_image_alone(string path, int? expected)
    {
        Assert.Equal(expected, s_record.ResumedWith(new TapdiskParams { Path = path, ParentMinor = 7 }).ParentMinor);
    }

    [Theory]
    [InlineData(0, 120)]
    [InlineData(7, 7)]
    public void The_timeout_of_open_counts_before_the_settings(int seconds, int expected)
    {
        DiskRecord record = s_record with { RequestTimeout = seconds };
        ImageRequest request = record.ImageRequest(key: null, minimumLength: 4096, TimeSpan.FromSeconds(120));
        Assert.Equal((TimeSpan.FromSeconds(expected), 4096L, 5), (request.RequestTimeout, request.MinimumLength, request.ParentMinor));
    }
}
