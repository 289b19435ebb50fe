using Tapvisor.Formats.Parents;
using Tapvisor.Native;

namespace Tapvisor.Tests.Formats.Parents;

public sealed class ParentResolverTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_name_that_leads_to_a_file_wins()
    {
        string child = _directory.Image("child.vhd", 0);
        string parent = _directory.Image("p.vhd", 0);
        Assert.Equal(CanonicalPath.Of(parent), new ParentResolver(ParentPolicy.AllowAll).Resolve(child, ["./gone.vhd", "./p.vhd"]));
    }

    [Fact]
    public void A_name_with_escapes_is_tried_as_it_is_first()
    {
        string child = _directory.Image("child.vhd", 0);
        string parent = _directory.Image("a b.vhd", 0);
        Assert.Equal(CanonicalPath.Of(parent), ParentResolver.Find(child, "./a%20b.vhd", out _));
        string literal = _directory.Image("a%20b.vhd", 0);
        Assert.Equal(CanonicalPath.Of(literal), ParentResolver.Find(child, "./a%20b.vhd", out _));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../../../../../../etc/passwd")]
    [InlineData("./link")]
    public void Parents_outside_the_allowed_directories_are_refused(string name)
    {
        string child = _directory.Image("child.vhd", 0);
        File.CreateSymbolicLink(_directory.At("link"), "/etc/passwd");
        ParentResolver resolver = new(new ParentPolicy([_directory.At("elsewhere")]));
        Assert.Equal(Errno.EACCES, Assert.Throws<BlockException>(() => resolver.Resolve(child, [name])).Errno);
    }

    [Fact]
    public void Parents_inside_them_are_not()
    {
        string child = _directory.Image("child.vhd", 0);
        string parent = _directory.Image("p.vhd", 0);
        ParentResolver resolver = new(new ParentPolicy([]));
        Assert.Equal(CanonicalPath.Of(parent), resolver.Resolve(child, ["./p.vhd"]));
    }

    [Fact]
    public void A_missing_parent_is_named()
    {
        BlockException e = Assert.Throws<BlockException>(
            () => new ParentResolver(ParentPolicy.AllowAll).Resolve(_directory.Image("child.vhd", 0), ["./gone.vhd"]));
        Assert.Equal((BlockErrorKind.NotFound, Errno.ENOENT), (e.Kind, e.Errno));
        Assert.Contains("gone.vhd", e.Message, StringComparison.Ordinal);
    }
}
