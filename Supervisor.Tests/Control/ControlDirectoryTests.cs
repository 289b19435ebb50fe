using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Tests.Control;

public sealed class ControlDirectoryTests
{
    private readonly ControlDirectory _directory = new("/run/blktap-control/");

    [Fact]
    public void Names_are_upstreams()
    {
        Assert.Equal("/run/blktap-control/ctl47", _directory.ControlSocket(47));
        Assert.Equal("/run/blktap-control/tapdisk/tapdisk-3", _directory.Marker(3));
        Assert.Equal("/run/blktap-control/nbd47.3", _directory.NbdSocket(47, 3));
        Assert.Equal("/run/blktap-control/nbd-old47.3", _directory.NbdOldSocket(47, 3));
        Assert.Equal("/run/blktap-control/nbdserver47.3", _directory.NbdServerSocket(47, 3));
        Assert.Equal("/run/blktap-control/nbdserver-new47.3", _directory.NbdServerNewSocket(47, 3));
        Assert.Equal("/run/blktap-control/nbdclient47", _directory.NbdClientSocket(47));
    }

    [Fact]
    public void Only_control_sockets_are_found_in_the_order_of_their_names()
    {
        using TemporaryControlDirectory temporary = new();
        foreach (string name in (string[])["ctl9", "ctl10", "ctl", "ctlx", "ctl-3", "nbd10.0"])
            File.WriteAllBytes(Path.Combine(temporary.Directory.Path, name), []);
        Assert.Equal([10, 9], temporary.Directory.FindTapdisks());
    }

    [Fact]
    public void A_directory_that_does_not_exist_has_no_tapdisks() => Assert.Empty(new ControlDirectory("/nonexistent/x").FindTapdisks());

    [Fact]
    public void Create_makes_what_is_missing_above_and_bears_repetition()
    {
        using TemporaryControlDirectory temporary = new();
        ControlDirectory nested = new(temporary.Directory.Path + "/a/b");
        nested.CreateMarkerDirectory();
        nested.CreateMarkerDirectory();
        Assert.True(Directory.Exists(nested.MarkerDirectory));
    }

    [Fact]
    public void A_directory_below_a_file_is_not_created()
    {
        using TemporaryControlDirectory temporary = new();
        File.WriteAllBytes(temporary.Directory.Path + "/file", []);
        var error = Assert.Throws<ControlException>(new ControlDirectory(temporary.Directory.Path + "/file/b").Create);
        Assert.Equal(Errno.ENOTDIR, error.Errno);
    }

    [Fact]
    public void A_socket_path_that_is_too_long_is_ENAMETOOLONG()
    {
        ControlClient client = new(new ControlDirectory("/" + new string('d', ControlDirectory.MaxSocketPathLength)));
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<ControlException>(() => client.AskPid(1)).Errno);
    }
}
