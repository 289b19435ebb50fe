namespace Tapvisor.Disks.Requests;

/// <summary>Who made a request and answers it to its guest or client.</summary>
public interface IRequestOwner
{
    /// <summary>
    /// The request is done: <see cref="BlockRequest.Error"/> holds the truth. Called once for each submission, on the engine's thread,
    /// perhaps before <see cref="RequestQueue.Submit"/> returns. The request may be submitted again or returned from here.
    /// </summary>
    void Completed(BlockRequest request);

    /// <summary>Nobody waits for its answers any more: a request that would have to wait for an image ends with ECANCELED.</summary>
    bool IsWithdrawn => false;
}
