using Tapvisor.Messages.Actors;
using Tapvisor.Native;

namespace Tapvisor.Actors.Disks;

/// <summary>Starts and stops a disk's ring device on its engine. Any thread may call, one call at a time.</summary>
public interface IRingHost
{
    /// <summary>Lets clients connect; nothing to do when they can.</summary>
    /// <param name="aliases">Further paths that lead to the disk's NBD socket.</param>
    /// <param name="takeOver">A dead service may have served guests from this disk: goes on with their rings.</param>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left.</exception>
    Task StartAsync(IReadOnlyList<string> aliases, bool takeOver);

    /// <summary>Answers what is in flight and lets every client go; nothing to do when stopped.</summary>
    Task StopAsync();

    /// <summary>Disconnects every guest's rings (<see cref="RingProtocol.Release"/>).</summary>
    Task ReleaseAsync(bool handOver, bool force);

    /// <summary>Serves a guest's rings (<see cref="RingProtocol.Connect"/>); any number of calls at a time.</summary>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left.</exception>
    Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt);

    /// <summary>Gives a guest's rings back (<see cref="RingProtocol.Disconnect"/>); any number of calls at a time.</summary>
    /// <returns>False if they were not connected.</returns>
    Task<bool> DisconnectAsync(uint domId, uint devId);
}
