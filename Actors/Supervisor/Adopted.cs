namespace Tapvisor.Actors.Supervisor;

/// <summary>The disks that have a tapdisk again; they open in the background.</summary>
/// <param name="Minors">Which.</param>
/// <param name="Refused">Those that were not brought back, each with the reason.</param>
public sealed record Adopted(IReadOnlyList<int> Minors, IReadOnlyList<string> Refused);
