using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.Native;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

public sealed class NbdAddressTests
{
    [Theory]
    [InlineData("/run/nbd.sock")]
    [InlineData("127.0.0.1:10809")]
    [InlineData("[::1]:10809")]
    public void Paths_and_addresses_with_ports_are_servers(string text) => Assert.Equal(text, NbdAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("relative/nbd.sock")]
    [InlineData("localhost:10809")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("1:80")]
    [InlineData("010.0.0.1:80")]
    public void Everything_else_is_EINVAL_and_named(string text)
    {
        BlockException error = Assert.Throws<BlockException>(() => NbdAddress.Parse(text));
        Assert.Equal(Errno.EINVAL, error.Errno);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }
}
