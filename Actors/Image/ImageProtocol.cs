using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Image;

/// <summary>What a tapdisk and its image driver's actor say to each other.</summary>
public static class ImageProtocol
{
    /// <summary>What an image driver is asked; each request is answered exactly once, in turn.</summary>
    public abstract record Request;

    /// <summary>The answer to a request.</summary>
    public abstract record Answer;

    /// <summary>Open an image and let the requests go to it; answered by <see cref="Opened"/> or <see cref="OpenFailed"/>.</summary>
    public sealed record Open(ImageRequest Image) : Request;

    /// <summary>The image is open and serves.</summary>
    public sealed record Opened(TapdiskImage Image) : Answer;

    /// <summary>The image is not open; what waits goes on waiting.</summary>
    public sealed record OpenFailed(int Errno, string Reason) : Answer;

    /// <summary>Close the image; answered by <see cref="Closed"/> once no request is at it.</summary>
    /// <param name="Force">Does not wait for requests at the image but calls them back; the guest keeps waiting for them.</param>
    public sealed record Close(bool Force) : Request;

    /// <summary>Nothing is open any more.</summary>
    public sealed record Closed : Answer;

    /// <summary>The image is closed, but what it had to write at the end failed.</summary>
    public sealed record CloseFailed(int Errno, string Reason) : Answer;

    /// <summary>
    /// Answer what waits and what comes with an error, until the next <see cref="Open"/>; answered by <see cref="Failed"/>.
    /// </summary>
    public sealed record Fail(int Errno) : Request;

    /// <summary>Requests are answered with an error from here on.</summary>
    public sealed record Failed : Answer;

    /// <summary>The driver failed; this is its new incarnation, the old image is closed, and what was not answered waits.</summary>
    public sealed record Restarted;
}
