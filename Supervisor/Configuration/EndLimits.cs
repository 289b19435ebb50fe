namespace Tapvisor.Supervisor.Configuration;

/// <summary>How long each part of the service's end may take, and so the whole: whatever hangs, the process ends.</summary>
/// <param name="Disks">For requests in flight and the closing of images: <c>tapvisor.shutdown-timeout</c>.</param>
internal sealed record EndLimits(TimeSpan Disks)
{
    /// <summary>Akka's for the phase that closes the control socket, and for the one that stops the actors.</summary>
    private static readonly TimeSpan s_phases = TimeSpan.FromSeconds(5 + 10);

    // A task says itself what it left; the phase's own limit is for one that hangs, and must not come first.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    /// <summary>What a transaction of XenStore under way may take; the store keeps nothing half-done.</summary>
    internal static TimeSpan XenStore => TimeSpan.FromSeconds(5);

    /// <summary>For what the log still has to say: a pipe that is full and that nobody reads takes it for ever.</summary>
    internal static TimeSpan LastWords => TimeSpan.FromSeconds(1);

    /// <summary>For what disks still hold when their actors are gone.</summary>
    private static TimeSpan Freeing => TimeSpan.FromSeconds(5);

    /// <summary>Akka's phase service-requests-done: guests' devices, then the disks.</summary>
    internal TimeSpan RequestsDone => XenStore + Disks + s_grace;

    /// <summary>Until the host gives up waiting for its services.</summary>
    internal TimeSpan Host => s_phases + RequestsDone + Freeing;

    /// <summary>Until the process ends in any case.</summary>
    internal TimeSpan Process => Host + Freeing;
}
