using Tapvisor.Actors.Image;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Native;

namespace Tapvisor.Tests.Actors.Tapdisk;

public sealed class OpeningErrorsTests
{
    [Theory]
    [InlineData(Errno.EBUSY, true, false)]
    [InlineData(Errno.EIO, true, false)]
    [InlineData(Errno.ECONNREFUSED, true, false)]
    [InlineData(Errno.ENOENT, false, false)]
    [InlineData(Errno.EINVAL, false, true)]
    [InlineData(Errno.EMEDIUMTYPE, false, true)]
    [InlineData(Errno.ENOKEY, false, true)]
    public void A_busy_storage_may_pass_and_a_wrong_image_is_final(int errno, bool mayPass, bool isFinal)
    {
        var failed = new ImageProtocol.OpenFailed(errno, "refused");
        Assert.Equal((mayPass, isFinal), (failed.MayPass(), failed.IsFinal()));
    }
}
