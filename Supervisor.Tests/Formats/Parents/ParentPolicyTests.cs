using Tapvisor.Formats.Parents;
using Tapvisor.Native;

namespace Tapvisor.Tests.Formats.Parents;

public sealed class ParentPolicyTests : IDisposable
{
    private static readonly CanonicalPaths s_paths = new(FileNames.OfHost);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("/srv/a/leaf.vhd", "/srv/a/base.vhd", true)]
    [InlineData("/srv/a/leaf.vhd", "/srv/a/old/base.vhd", true)]
    [InlineData("/srv/a/leaf.vhd", "/srv/ab/base.vhd", false)]
    [InlineData("/srv/a/leaf.vhd", "/srv/base.vhd", false)]
    [InlineData("/leaf.vhd", "/etc/shadow", false)]
    [InlineData("/dev/mapper/vg-leaf", "/dev/mapper/vg-base", true)]
    [InlineData("/dev/mapper/vg--x-leaf", "/dev/mapper/vg--x-base", true)]
    [InlineData("/dev/mapper/vg-leaf", "/dev/mapper/vg--x-base", false)]
    [InlineData("/dev/mapper/vg-leaf", "/dev/mapper/host-root", false)]
    [InlineData("/dev/mapper/crypt", "/dev/mapper/other", false)]
    [InlineData("/dev/sdb", "/dev/sda", false)]
    [InlineData("/dev/drbd/by-res/r/0", "/dev/drbd/by-res/s/0", false)]
    public void Without_a_list_a_parent_is_beside_its_child(string child, string parent, bool isAllowed) =>
        Assert.Equal(isAllowed, new ParentPolicy([]).Allows(child, parent, s_paths));

    [Theory]
    [InlineData("/srv/images", "/srv/images/x/base.vhd", true)]
    [InlineData("/srv/images/", "/srv/images/base.vhd", true)]
    [InlineData("/srv/images", "/srv/images.old/base.vhd", false)]
    [InlineData("/", "/etc/shadow", true)]
    [InlineData("/dev/my-vg", "/dev/mapper/my--vg-base", true)]
    [InlineData("/dev/my-vg/", "/dev/mapper/my--vg-base", true)]
    [InlineData("/dev/my-vg", "/dev/mapper/my-vg", false)]
    [InlineData("/dev/shm", "/dev/shm/base.vhd", true)]
    [InlineData("/dev/mapper", "/dev/mapper/any-volume", true)]
    [InlineData("/dev/drbd/by-res", "/dev/drbd/by-res/s/0", true)]
    public void Listed_directories_and_volume_groups_are_allowed_to_any_child(string listed, string parent, bool isAllowed) =>
        Assert.Equal(isAllowed, new ParentPolicy(["/elsewhere", listed]).Allows("/home/leaf.vhd", parent, s_paths));

    [Fact]
    public void A_listed_link_stands_for_where_it_leads()
    {
        string target = Directory.CreateDirectory(_directory.At("target")).FullName;
        Directory.CreateSymbolicLink(_directory.At("link"), target);
        string parent = s_paths.Of(_directory.Image("target/base.vhd", 0));
        Assert.True(new ParentPolicy([_directory.At("link")]).Allows("/home/leaf.vhd", parent, s_paths));
    }
}
