using Tapvisor.BlockIo;

namespace Tapvisor.Actors.Disks;

/// <summary>Starts and stops a disk's ring device on its engine. Any thread may call, one call at a time.</summary>
public interface IRingHost
{
    /// <summary>Lets clients connect; nothing to do when they can.</summary>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left.</exception>
    Task StartAsync();

    /// <summary>Answers what is in flight and lets every client go; nothing to do when stopped.</summary>
    Task StopAsync();
}
