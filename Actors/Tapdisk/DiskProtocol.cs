using Tapvisor.Actors.Ring;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>What the supervisor and its tapdisks say to each other, besides the requests and responses of the control socket.</summary>
public static class DiskProtocol
{
    /// <summary>What is published on the event stream for those who connect guests to disks.</summary>
    /// <param name="Minor">The disk.</param>
    public abstract record Announcement(int Minor);

    /// <summary>A tapdisk agrees to be detached; the client to answer is the sender.</summary>
    public sealed record Detached(int Minor);

    /// <summary>End in good order, keeping the journal: the service stops. Answered by <see cref="Ended"/>.</summary>
    public sealed record End;

    /// <summary>Everything acknowledged is in the image and the image is closed.</summary>
    public sealed record Ended(int Minor);

    /// <summary>
    /// Published on the event stream: a disk's image is open, or open again and perhaps larger, and guests can be connected to it.
    /// </summary>
    /// <param name="Minor">The disk.</param>
    /// <param name="Sockets">File names of its NBD sockets: its own, then those of dead services that named it.</param>
    /// <param name="Sectors">Size in sectors of 512 bytes.</param>
    public sealed record Opened(int Minor, IReadOnlyList<string> Sockets, ulong Sectors) : Announcement(Minor);

    /// <summary>Published on the event stream: a disk was closed, and no guest is connected to it any more.</summary>
    public sealed record Closed(int Minor) : Announcement(Minor);

    /// <summary>
    /// A guest's request for the ring device of a disk, which answers its sender; without such a disk Connect is answered with ENODEV,
    /// Disconnect with success.
    /// </summary>
    /// <param name="Minor">The disk; −1 with Disconnect for whichever has the guest's ring.</param>
    /// <param name="Message">What it is told.</param>
    public sealed record ToRing(int Minor, RingProtocol.GuestRequest Message);

    /// <summary>Every VBD in attach order; the last entry is LIST's terminator.</summary>
    public sealed record Listing(IReadOnlyList<TapdiskResponse.List> Entries);
}
