using Tapvisor.BlockIo;
using Tapvisor.Messages.Blkif;

namespace Tapvisor.Disks;

/// <summary>A disk's front ends together. Any thread may call, one call at a time.</summary>
public interface IFrontEndHost
{
    /// <summary>Starts each (<see cref="IFrontEnd.StartAsync"/>).</summary>
    /// <exception cref="BlockException">The first that cannot; those before it serve.</exception>
    Task StartAsync(FrontEndStart start);

    /// <summary>Stops each (<see cref="IFrontEnd.StopAsync"/>).</summary>
    Task StopAsync();

    /// <summary>Has each give back what is others' (<see cref="IFrontEnd.ReleaseAsync"/>).</summary>
    Task ReleaseAsync(bool handOver, bool force);

    /// <summary>Serves a guest's rings (<see cref="IGuestFrontEnd.ConnectAsync"/>); any number of calls at a time.</summary>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left.</exception>
    Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt);

    /// <summary>Gives a guest's rings back (<see cref="IGuestFrontEnd.DisconnectAsync"/>); any number of calls at a time.</summary>
    /// <returns>False if they were not connected.</returns>
    Task<bool> DisconnectAsync(uint domId, uint devId);
}
