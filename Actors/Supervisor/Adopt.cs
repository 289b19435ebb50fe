using Tapvisor.Disks;

namespace Tapvisor.Actors.Supervisor;

/// <summary>Brings back the disks of services that died; answered by <see cref="Adopted"/> once each has its tapdisk.</summary>
/// <param name="Records">What their journals held.</param>
public sealed record Adopt(IReadOnlyList<DiskRecord> Records);
