using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// What other threads want an engine to run: a lock-free list whose head also says whether the engine sleeps or has closed, so that
/// an item and the need to wake the engine become visible in one step and no wake-up can be missed.
/// </summary>
/// <remarks>
/// <code>
///   empty ──TrySleep──▶ asleep ──TryPush (wake)──▶ items ──Take──▶ empty
///     └───TryPush──▶ items (TrySleep fails)         any ──Close──▶ closed (TryPush fails)
/// </code>
/// </remarks>
internal sealed class PostQueue
{
    private static readonly Marker s_asleep = new();
    private static readonly Marker s_closed = new();

    private IoContinuation? _head;

    internal bool IsEmpty => Volatile.Read(ref _head) is null;

    /// <summary>Adds an item. Any thread.</summary>
    /// <param name="item">In no other queue.</param>
    /// <param name="wake">The engine sleeps and it is the caller's part to wake it.</param>
    /// <returns>False when the queue is closed.</returns>
    internal bool TryPush(IoContinuation item, out bool wake)
    {
        IoContinuation? head = Volatile.Read(ref _head);
        while (!ReferenceEquals(head, s_closed))
        {
            wake = ReferenceEquals(head, s_asleep);
            item.NextReady = wake ? null : head;
            IoContinuation? seen = Interlocked.CompareExchange(ref _head, item, head);
            if (ReferenceEquals(seen, head))
                return true;
            head = seen;
        }
        wake = false;
        return false;
    }

    /// <summary>Announces that the engine is about to sleep; false when there is something to do instead. Engine's thread.</summary>
    internal bool TrySleep() => Interlocked.CompareExchange(ref _head, s_asleep, null) is null;

    /// <summary>Takes all items, the oldest first, linked by NextReady; also ends the sleep. Engine's thread.</summary>
    internal IoContinuation? Take() => IsEmpty ? null : Reverse(Interlocked.Exchange(ref _head, null));

    /// <summary>Refuses items from now on and takes the last ones. Engine's thread.</summary>
    internal IoContinuation? Close() => Reverse(Interlocked.Exchange(ref _head, s_closed));

    private static IoContinuation? Reverse(IoContinuation? head)
    {
        if (head is Marker)
            return null;
        IoContinuation? oldest = null;
        while (head is not null)
        {
            IoContinuation? next = head.NextReady;
            head.NextReady = oldest;
            oldest = head;
            head = next;
        }
        return oldest;
    }

    private sealed class Marker : IoContinuation
    {
        internal override void Resume() => throw new InvalidOperationException("A marker has nothing to resume.");
    }
}
