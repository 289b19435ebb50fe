namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Sectors in a row that are all in a file, or all not.</summary>
/// <param name="Result">0, or the negative errno that keeps it from being known.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsHere">They are in the file.</param>
internal readonly record struct SectorRun(int Result, int Length, bool IsHere);
