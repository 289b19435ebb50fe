using Tapvisor.Control;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>Where a disk's NBD sockets are (upstream drivers/tapdisk-nbdserver.h, TAPDISK_NBDSERVER_*_PATH).</summary>
/// <param name="Directory">The control directory.</param>
/// <param name="Pid">The service's.</param>
/// <param name="Minor">The disk's.</param>
public sealed record NbdPaths(ControlDirectory Directory, int Pid, int Minor)
{
    /// <summary>Listener, fixed newstyle.</summary>
    public string Listener => Directory.NbdSocket(Pid, Minor);

    /// <summary>Listener; fixed newstyle as well, despite its name.</summary>
    public string OldListener => Directory.NbdOldSocket(Pid, Minor);

    /// <summary>Takes passed descriptors and speaks fixed newstyle on them.</summary>
    public string Receiver => Directory.NbdServerNewSocket(Pid, Minor);

    /// <summary>Takes passed descriptors and speaks oldstyle on them.</summary>
    public string OldReceiver => Directory.NbdServerSocket(Pid, Minor);
}
