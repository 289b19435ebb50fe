namespace Tapvisor.Actors.XenStore;

/// <summary>What an actor has begun to make and may not live to have.</summary>
internal static class Pending
{
    /// <summary>Disposes of what a task gave or will give, if it gives anything: nobody else would.</summary>
    internal static void Discard<T>(Task<T>? making)
        where T : IAsyncDisposable =>
        _ = making?.ContinueWith(
            static made => made.Result.DisposeAsync().AsTask(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
}
