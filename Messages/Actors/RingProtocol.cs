namespace Tapvisor.Messages.Actors;

/// <summary>What a tapdisk and its ring device's actor say to each other.</summary>
public static class RingProtocol
{
    /// <summary>Let clients connect; answered by <see cref="Started"/> or <see cref="StartFailed"/>.</summary>
    /// <param name="Aliases">Further names under which clients may look for the disk.</param>
    public sealed record Start(IReadOnlyList<string> Aliases);

    /// <summary>Clients can connect.</summary>
    public sealed record Started;

    /// <summary>Clients cannot connect, and nothing of the attempt is left.</summary>
    public sealed record StartFailed(int Errno, string Reason);

    /// <summary>Answer what is in flight and let every client go; answered by <see cref="Stopped"/>.</summary>
    public sealed record Stop;

    /// <summary>No client is connected and none can connect.</summary>
    public sealed record Stopped;
}
