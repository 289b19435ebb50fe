namespace Tapvisor.Disks;

/// <summary>How front ends are started.</summary>
/// <param name="TakeOver">
/// A dead service may have served clients from this very disk: goes on with what can be taken over. Otherwise what is there belongs to
/// another disk that had the same minor.
/// </param>
/// <param name="Aliases">Paths at which clients of dead services look for the disk's NBD socket.</param>
public sealed record FrontEndStart(bool TakeOver, IReadOnlyList<string> Aliases);
