namespace Tapvisor.Simulation.Store;

/// <summary>One watch of a connection.</summary>
/// <param name="Path">Absolute, or a special name.</param>
/// <param name="Token">The client's own.</param>
/// <param name="Prefix">What to leave out of an event's path, because the client gave a relative one.</param>
internal sealed record StoreWatch(string Path, string Token, string Prefix)
{
    internal string Shown(string path) => path.Length > Prefix.Length ? path[Prefix.Length..] : path;
}
