namespace Tapvisor.Messages.Actors;

/// <summary>What the supervisor and its tapdisks say to each other, besides the requests and responses of the control socket.</summary>
public static class DiskProtocol
{
    /// <summary>A tapdisk agrees to be detached; the client to answer is the sender.</summary>
    public sealed record Detached(int Minor);

    /// <summary>End in good order, keeping the journal: the service stops. Answered by <see cref="Ended"/>.</summary>
    public sealed record End;

    /// <summary>Everything acknowledged is in the image and the image is closed.</summary>
    public sealed record Ended(int Minor);

    /// <summary>Every VBD in attach order; the last entry is LIST's terminator.</summary>
    public sealed record Listing(IReadOnlyList<TapdiskResponse.List> Entries);
}
