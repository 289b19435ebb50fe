namespace Tapvisor.Actors.Tapdisk;

/// <summary>A tapdisk whose image driver cannot be kept running by restarting it alone.</summary>
public sealed class TapdiskFailedException(int minor, string reason) : Exception($"minor {minor}: {reason}")
{
    /// <summary>Why, without the minor.</summary>
    public string Reason { get; } = reason;
}
