using Tapvisor.BlockIo;
using Tapvisor.Messages.Blkif;
using Tapvisor.Metrics;

namespace Tapvisor.Disks;

/// <summary>The front end that guests' block devices are connected to, each by somebody who knows what the guest offers.</summary>
public interface IGuestFrontEnd : IFrontEnd
{
    /// <summary>Each ring that is connected; any thread, at any time.</summary>
    IReadOnlyList<XenBlkifStatistics> Rings { get; }

    /// <summary>Serves a guest's rings; any number of calls at a time.</summary>
    /// <param name="frontend">What the guest offers; checked here.</param>
    /// <param name="adopt">
    /// The rings were in use by a process that is dead: what it had not answered is answered now. Rings that are served already stay as
    /// they are.
    /// </param>
    /// <returns>What the disk can.</returns>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left. EALREADY: this device is served already.</exception>
    Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt);

    /// <summary>Gives a guest's rings back; any number of calls at a time.</summary>
    /// <returns>False if they were not connected.</returns>
    Task<bool> DisconnectAsync(uint domId, uint devId);
}
