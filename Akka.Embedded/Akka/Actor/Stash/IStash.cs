namespace Akka.Actor;

/// <summary>Keeps messages that an actor cannot handle yet.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>Messages it can hold; negative for no limit.</summary>
    int Capacity { get; }

    /// <summary>Keeps the current message.</summary>
    /// <exception cref="IllegalActorStateException">The current message was stashed already.</exception>
    void Stash();

    /// <summary>Puts the oldest message at the front of the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages, in order, at the front of the mailbox.</summary>
    void UnstashAll();

    /// <summary>As <see cref="UnstashAll()"/>, but forgets the messages that the predicate rejects.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Takes all messages out.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those it holds.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}
