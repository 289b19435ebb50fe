using System.Text;
using Tmds.Linux;

namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>The file of a listener that died; .NET's own sockets remove theirs.</summary>
internal static unsafe class StaleSocket
{
    internal static void Leave(string path)
    {
        var address = new sockaddr_un { sun_family = LibC.AF_UNIX };
        Encoding.UTF8.GetBytes(path, new Span<byte>(address.sun_path, 108));
        int descriptor = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        Assert.Equal(0, LibC.bind(descriptor, (sockaddr*)&address, sizeof(sockaddr_un)));
        Assert.Equal(0, LibC.close(descriptor));
        Assert.True(File.Exists(path));
    }
}
