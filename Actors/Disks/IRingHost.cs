using Tapvisor.BlockIo;

namespace Tapvisor.Actors.Disks;

/// <summary>Starts and stops a disk's ring device on its engine. Any thread may call, one call at a time.</summary>
public interface IRingHost
{
    /// <summary>Lets clients connect; nothing to do when they can.</summary>
    /// <param name="aliases">Further paths that lead to the disk's NBD socket.</param>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left.</exception>
    Task StartAsync(IReadOnlyList<string> aliases);

    /// <summary>Answers what is in flight and lets every client go; nothing to do when stopped.</summary>
    Task StopAsync();
}
