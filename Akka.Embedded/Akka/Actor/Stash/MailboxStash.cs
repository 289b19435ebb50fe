namespace Akka.Actor;

/// <summary>A stash that gives its messages back to the front of the actor's own mailbox.</summary>
internal sealed class MailboxStash(ActorCell cell) : IStash
{
    private LinkedList<Envelope> _messages = new();
    private long _lastEnvelope;

    public int Count => _messages.Count;

    public bool IsEmpty => Count == 0;

    public bool NonEmpty => !IsEmpty;

    public bool IsFull => false;

    public int Capacity => -1;

    public void Stash()
    {
        if (cell.CurrentEnvelopeId == _lastEnvelope)
        {
            throw new IllegalActorStateException($"Can't stash the same message {cell.CurrentMessage} more than once");
        }

        _lastEnvelope = cell.CurrentEnvelopeId;
        _messages.AddLast(new Envelope(cell.CurrentMessage!, cell.Sender));
    }

    public void Unstash()
    {
        if (_messages.First is { } first)
        {
            _messages.RemoveFirst();
            GiveBack(first.Value);
        }
    }

    public void UnstashAll() => UnstashAll(_ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        foreach (Envelope envelope in ClearStash().Reverse().Where(predicate))
        {
            GiveBack(envelope);
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        LinkedList<Envelope> all = _messages;
        _messages = new LinkedList<Envelope>();
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (Envelope envelope in envelopes.Reverse())
        {
            _messages.AddFirst(envelope);
        }
    }

    private void GiveBack(in Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
        {
            cell.ExpectDeathOf(terminated.ActorRef);
        }

        cell.Mailbox.Prepend(envelope);
    }
}
