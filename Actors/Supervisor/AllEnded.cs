namespace Tapvisor.Actors.Supervisor;

/// <summary>Every image is closed and every client has gone; the journal keeps what the next service needs.</summary>
public sealed record AllEnded;
