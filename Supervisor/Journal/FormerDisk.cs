using Tapvisor.Disks;

namespace Tapvisor.Supervisor.Journal;

/// <summary>A disk of a service that has died.</summary>
/// <param name="Pid">That service's.</param>
/// <param name="Record">What is to be brought back; its names include that service's own.</param>
internal sealed record FormerDisk(int Pid, DiskRecord Record);
