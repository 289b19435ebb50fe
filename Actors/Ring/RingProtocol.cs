using Tapvisor.Messages.Blkif;

namespace Tapvisor.Actors.Ring;

/// <summary>What a tapdisk and its ring device's actor say to each other.</summary>
public static class RingProtocol
{
    /// <summary>What a disk asks of its ring device; answered to the parent, in turn.</summary>
    public abstract record Request;

    /// <summary>The answer to a <see cref="Request"/>.</summary>
    public abstract record Answer;

    /// <summary>What is asked for a guest; answered to the sender, beside everything else.</summary>
    public abstract record GuestRequest;

    /// <summary>The answer to a <see cref="GuestRequest"/>.</summary>
    /// <param name="DomId">The guest.</param>
    /// <param name="DevId">Its device.</param>
    public abstract record GuestAnswer(uint DomId, uint DevId);

    /// <summary>Let clients connect; answered by <see cref="Started"/> or <see cref="StartFailed"/>.</summary>
    /// <param name="Aliases">Further names under which clients may look for the disk.</param>
    /// <param name="TakeOver">A dead service may have served guests from this disk: go on with their rings.</param>
    public sealed record Start(IReadOnlyList<string> Aliases, bool TakeOver) : Request;

    /// <summary>Clients can connect.</summary>
    public sealed record Started : Answer;

    /// <summary>Clients cannot connect, and nothing of the attempt is left.</summary>
    public sealed record StartFailed(int Errno, string Reason) : Answer;

    /// <summary>Answer what is in flight and let every client go; answered by <see cref="Stopped"/>.</summary>
    public sealed record Stop : Request;

    /// <summary>No client is connected and none can connect.</summary>
    public sealed record Stopped : Answer;

    /// <summary>
    /// Disconnect every guest's rings, those of no other client, and connect no more until the next <see cref="Start"/>; answered by
    /// <see cref="Released"/>.
    /// </summary>
    /// <param name="HandOver">Another service will go on with the rings: what is not answered is left to it.</param>
    /// <param name="Force">Does not wait for requests at the image but has them taken back.</param>
    public sealed record Release(bool HandOver, bool Force) : Request;

    /// <summary>No guest is connected.</summary>
    public sealed record Released : Answer;

    /// <summary>
    /// Serve a guest's rings; answered to the sender by <see cref="Connected"/> or <see cref="ConnectFailed"/>. EALREADY if this
    /// device is connected.
    /// </summary>
    /// <param name="Frontend">What the guest offers.</param>
    /// <param name="Adopt">
    /// The rings are in use already: take them over from a dead service instead of starting anew. Rings that this service serves
    /// already, because it took them over by itself, stay as they are.
    /// </param>
    public sealed record Connect(BlkifFrontend Frontend, bool Adopt) : GuestRequest;

    /// <summary>The rings are served.</summary>
    public sealed record Connected(uint DomId, uint DevId, BlkifFeatures Features) : GuestAnswer(DomId, DevId);

    /// <summary>The rings are not served, and nothing of the attempt is left.</summary>
    public sealed record ConnectFailed(uint DomId, uint DevId, int Errno, string Reason) : GuestAnswer(DomId, DevId);

    /// <summary>
    /// Take no further request of this guest's device, answer what is in flight and give the rings back; answered to the sender by
    /// <see cref="Disconnected"/>, also when it was not connected.
    /// </summary>
    public sealed record Disconnect(uint DomId, uint DevId) : GuestRequest;

    /// <summary>Nothing of the guest is mapped and no write of it can land any more.</summary>
    /// <param name="WasConnected">Whether there was something to do.</param>
    public sealed record Disconnected(uint DomId, uint DevId, bool WasConnected) : GuestAnswer(DomId, DevId);
}
