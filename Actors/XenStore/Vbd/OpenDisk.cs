namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>A disk of this service that can be connected to a guest.</summary>
/// <param name="Minor">Its minor.</param>
/// <param name="Sockets">File names of the NBD sockets that name it: its own, then those of dead services it comes from.</param>
/// <param name="Sectors">Size in sectors of 512 bytes.</param>
internal sealed record OpenDisk(int Minor, IReadOnlyList<string> Sockets, ulong Sectors);
