using Tapvisor.Formats.Parents;
using Tapvisor.Native;

namespace Tapvisor.Tests.Formats.Parents;

public sealed class ParentResolverTests : IDisposable
{
    private static readonly CanonicalPaths s_paths = new(FileNames.OfHost);
    private static readonly ParentResolver s_everywhere = new(ParentPolicy.AllowAll, FileNames.OfHost);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_name_that_leads_to_a_file_wins()
    {
        string child = _directory.Image("child.vhd", 0);
        string parent = _directory.Image("p.vhd", 0);
        Assert.Equal(s_paths.Of(parent), s_everywhere.Resolve(child, ["./gone.vhd", "./p.vhd"]));
    }

    [Fact]
    public void A_name_with_escapes_is_tried_as_it_is_first()
    {
        string child = _directory.Image("child.vhd", 0);
        string parent = _directory.Image("a b.vhd", 0);
        Assert.Equal(s_paths.Of(parent), s_everywhere.Find(child, "./a%20b.vhd", out _));
        string literal = _directory.Image("a%20b.vhd", 0);
        Assert.Equal(s_paths.Of(literal), s_everywhere.Find(child, "./a%20b.vhd", out _));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../../../../../../etc/passwd")]
    [InlineData("./link")]
    public void Parents_outside_the_allowed_directories_are_refused(string name)
    {
        string child = _directory.Image("child.vhd", 0);
        File.CreateSymbolicLink(_directory.At("link"), "/etc/passwd");
        ParentResolver resolver = new(new ParentPolicy([_directory.At("elsewhere")]), FileNames.OfHost);
        Assert.Equal(Errno.EACCES, Assert.Throws<BlockException>(() => resolver.Resolve(child, [name])).Errno);
    }

    [Fact]
    public void Parents_inside_them_are_not()
    {
        string child = _directory.Image("child.vhd", 0);
        string parent = _directory.Image("p.vhd", 0);
        ParentResolver resolver = new(new ParentPolicy([]), FileNames.OfHost);
        Assert.Equal(s_paths.Of(parent), resolver.Resolve(child, ["./p.vhd"]));
    }

    [Fact]
    public void A_missing_parent_is_named()
    {
        BlockException e = Assert.Throws<BlockException>(
            () => s_everywhere.Resolve(_directory.Image("child.vhd", 0), ["./gone.vhd"]));
        Assert.Equal((BlockErrorKind.NotFound, Errno.ENOENT), (e.Kind, e.Errno));
        Assert.Contains("gone.vhd", e.Message, StringComparison.Ordinal);
    }
}
