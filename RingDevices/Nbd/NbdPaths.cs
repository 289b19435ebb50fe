namespace Tapvisor.RingDevices.Nbd;

/// <summary>Where a disk's NBD sockets are (upstream drivers/tapdisk-nbdserver.h, TAPDISK_NBDSERVER_*_PATH).</summary>
/// <param name="Directory">The control directory.</param>
/// <param name="Pid">The service's.</param>
/// <param name="Minor">The disk's.</param>
public sealed record NbdPaths(string Directory, int Pid, int Minor)
{
    /// <summary>Listener, fixed newstyle.</summary>
    public string Listener => Path("nbd");

    /// <summary>Listener; fixed newstyle as well, despite its name.</summary>
    public string OldListener => Path("nbd-old");

    /// <summary>Takes passed descriptors and speaks fixed newstyle on them.</summary>
    public string Receiver => Path("nbdserver-new");

    /// <summary>Takes passed descriptors and speaks oldstyle on them.</summary>
    public string OldReceiver => Path("nbdserver");

    private string Path(string kind) => System.IO.Path.Combine(Directory, $"{kind}{Pid}.{Minor}");
}
