namespace Tapvisor.Simulation.Store;

/// <summary>Something that watches hear of.</summary>
/// <param name="Path">The node that changed, or a special name.</param>
/// <param name="Node">The node itself, or, when it was removed, what it was: who may read it hears of it.</param>
/// <param name="IsRemoval">Everything below it has gone as well.</param>
internal sealed record StoreChange(string Path, StoreNode? Node, bool IsRemoval);
