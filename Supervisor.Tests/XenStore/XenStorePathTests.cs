using Tapvisor.XenStore;

namespace Tapvisor.Tests.XenStore;

public sealed class XenStorePathTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a")]
    [InlineData("/local/domain/0/device/vbd3/51712-x_y@z")]
    public void A_path(string path) => Assert.True(XenStorePath.IsValid(path));

    [Theory]
    [InlineData("")]
    [InlineData("//")]
    [InlineData("/a/")]
    [InlineData("a//b")]
    [InlineData("/a.b")]
    [InlineData("/a\nb")]
    [InlineData("/ä")]
    [InlineData("@releaseDomain")]
    public void No_path(string path) => Assert.False(XenStorePath.IsValid(path));

    [Fact]
    public void Paths_have_lengths()
    {
        Assert.True(XenStorePath.IsValid("/" + new string('a', 3071)));
        Assert.False(XenStorePath.IsValid("/" + new string('a', 3072)));
        Assert.True(XenStorePath.IsValid(new string('a', 2048)));
        Assert.False(XenStorePath.IsValid(new string('a', 2049)));
    }

    [Theory]
    [InlineData("r5", 5u, XenStoreAccess.Read)]
    [InlineData("n0", 0u, XenStoreAccess.None)]
    [InlineData("b65535", 65535u, XenStoreAccess.Both)]
    [InlineData("w1", 1u, XenStoreAccess.Write)]
    public void A_permission_is_a_letter_and_a_domain(string text, uint domId, XenStoreAccess access)
    {
        Assert.True(XenStorePermission.TryParse(text, out XenStorePermission permission));
        Assert.Equal(new XenStorePermission(domId, access), permission);
        Assert.Equal(text, permission.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("r")]
    [InlineData("x5")]
    [InlineData("r-1")]
    [InlineData("r65536")]
    [InlineData("r 5")]
    public void No_permission(string text) => Assert.False(XenStorePermission.TryParse(text, out _));
}
