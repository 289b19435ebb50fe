using Tapvisor.ImageDrivers;
using Tapvisor.Native;

namespace Tapvisor.Tests.ImageDrivers;

public sealed class ImageFormatsTests : IDisposable
{
    private static readonly byte[] s_key = new byte[32];
    private readonly ImageFixture _fixture = new();

    public static TheoryData<string> Types => new(ImageFormats.All.Select(format => format.Type));

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Every_format_has_a_type_and_a_number_of_its_own()
    {
        Assert.Equal(ImageFormats.All.Count, ImageFormats.All.DistinctBy(format => format.Type).Count());
        Assert.Equal(ImageFormats.All.Count, ImageFormats.All.DistinctBy(format => format.UpstreamNumber).Count());
    }

    [Theory]
    [InlineData("aio", 0)]
    [InlineData("vhd", 4)]
    [InlineData("nbd", 15)]
    public void Numbers_are_upstreams(string type, int number) => Assert.Equal(number, ImageFormats.Find(type)!.UpstreamNumber);

    [Theory, MemberData(nameof(Types))]
    public void A_type_can_be_written_in_a_name(string type)
    {
        Assert.InRange(type.Length, 1, ImageName.MaxTypeLength);
        Assert.Equal(new ImageName(type, "/a:b"), ImageName.Parse($"{type}:/a:b"));
    }

    [Theory, MemberData(nameof(Types))]
    public void A_type_is_found_as_it_is_written_and_not_otherwise(string type)
    {
        Assert.Equal(type, ImageFormats.Find(type)!.Type);
        Assert.Null(ImageFormats.Find(type.ToUpperInvariant()));
        Assert.Null(ImageFormats.Find(type + " "));
    }

    [Theory]
    [InlineData("nosuch", BlockErrorKind.NotFound, Errno.ENOENT, "The image type 'nosuch' of 'nosuch:/sim/disk' is not known.")]
    [InlineData("qcow", BlockErrorKind.Unsupported, Errno.ENOSYS, "The image type 'qcow' of 'qcow:/sim/disk' has no driver.")]
    [InlineData("lc", BlockErrorKind.Unsupported, Errno.ENOSYS, "The image type 'lc' of 'lc:/sim/disk' is not supported by this version.")]
    public void A_type_that_is_not_in_the_table_is_refused(string type, BlockErrorKind kind, int errno, string sentence)
    {
        BlockException error = Refused(type, ImageContext.Default);
        Assert.Equal((kind, errno, sentence), (error.Kind, error.Errno, error.Message));
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("nbd")]
    [InlineData("nosuch")]
    public void A_key_for_a_format_without_encryption_is_refused(string type)
    {
        using var key = new SecretMemory(s_key);
        BlockException error = Refused(type, new ImageContext { Key = key });
        Assert.Equal(Errno.EINVAL, error.Errno);
        Assert.Equal($"A key was supplied for '{type}:/sim/disk', but only VHDs can be encrypted.", error.Message);
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("nbd")]
    [InlineData("nosuch")]
    public void A_parent_of_a_format_without_parents_is_refused(string type)
    {
        BlockException error = Refused(type, new ImageContext { ParentMinor = 7 });
        Assert.Equal(Errno.EINVAL, error.Errno);
        Assert.Equal($"'{type}:/sim/disk' cannot be stacked on minor 7: only VHDs have parents.", error.Message);
    }

    private BlockException Refused(string type, ImageContext context) => Assert.Throws<BlockException>(() => _fixture.Engine.Run(
        () => ImageDriverFactory.OpenAsync(_fixture.Scope, new ImageName(type, ImageFixture.Path), ImageOptions.None, context)));
}
