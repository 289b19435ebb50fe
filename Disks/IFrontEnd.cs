using Tapvisor.BlockIo;

namespace Tapvisor.Disks;

/// <summary>
/// One way on which requests come to a disk: a listener, a guest's rings, a kernel's device. It submits them to the disk's request queue and
/// owes each an answer. It lives as long as the disk, whatever becomes of the disk's actors. Any thread may call, one call at a time.
/// </summary>
public interface IFrontEnd
{
    /// <summary>Clients connected now; any thread, at any time.</summary>
    int Clients { get; }

    /// <summary>Lets clients come; nothing to do when they can.</summary>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left.</exception>
    Task StartAsync(FrontEndStart start);

    /// <summary>
    /// Gives back what belongs to others and would outlive the process, such as a guest's memory, and takes no more of it before the next
    /// start. Clients whose connection ends with the process are left alone.
    /// </summary>
    /// <param name="handOver">Another service goes on with it: what is not answered is left to it.</param>
    /// <param name="force">Does not wait for requests at the image but has them taken back.</param>
    Task ReleaseAsync(bool handOver, bool force);

    /// <summary>Answers what is in flight and lets every client go; nothing to do when stopped.</summary>
    Task StopAsync();
}
