namespace Tapvisor.Actors.Supervisor;

/// <summary>The service stops: every tapdisk ends in good order; answered by <see cref="AllEnded"/>.</summary>
public sealed record EndAll;
