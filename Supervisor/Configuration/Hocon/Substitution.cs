namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>One ${ … }.</summary>
/// <param name="In">The name whose value it is, or is a part of.</param>
/// <param name="Target">The name that it stands for.</param>
/// <param name="Place">Where it is, for sentences.</param>
internal sealed record Substitution(string In, string Target, string Place);
