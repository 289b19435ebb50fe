namespace Tapvisor.Simulation.Engine.Faults;

/// <summary>What goes wrong with one operation; nothing by default.</summary>
/// <param name="Errno">Positive errno it fails with, or 0.</param>
/// <param name="IsShort">A transfer moves only a part.</param>
/// <param name="Hangs">It ends only when released or revoked.</param>
/// <param name="Delay">Nanoseconds on top of its latency.</param>
internal readonly record struct Verdict(int Errno, bool IsShort, bool Hangs, long Delay);
