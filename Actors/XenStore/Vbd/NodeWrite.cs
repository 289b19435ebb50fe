namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>A node of the backend's directory, and what it is to hold.</summary>
internal readonly record struct NodeWrite(string Name, string Value);
