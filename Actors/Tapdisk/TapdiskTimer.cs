namespace Tapvisor.Actors.Tapdisk;

/// <summary>What a disk's timers say.</summary>
internal abstract record TapdiskTimer
{
    /// <summary>Open the image again.</summary>
    internal sealed record RetryImage : TapdiskTimer;

    /// <summary>Start the ring device again; the image is open.</summary>
    internal sealed record RetryRing : TapdiskTimer;

    /// <summary>The image has been away for long enough.</summary>
    internal sealed record PatienceOver : TapdiskTimer;
}
