namespace Tapvisor.Actors.Supervisor;

/// <summary>
/// Published when the last disk has been detached: a service that was started for it may end, as upstream's tapdisk does.
/// </summary>
public sealed record LastDetached;
