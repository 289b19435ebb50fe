namespace Akka.Actor;

/// <summary>Helpers for optional cancellations.</summary>
public static class CancelableExtensions
{
    public static void CancelIfNotNull(this ICancelable? cancelable) => cancelable?.Cancel();
}
