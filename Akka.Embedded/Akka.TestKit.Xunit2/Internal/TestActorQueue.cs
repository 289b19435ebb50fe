using System.Threading.Channels;

namespace Akka.TestKit.Internal;

/// <summary>What the test actor received and the test has not asked for yet.</summary>
internal sealed class TestActorQueue
{
    private readonly Channel<MessageEnvelope> _messages = Channel.CreateUnbounded<MessageEnvelope>();

    public int Count => _messages.Reader.Count;

    public void Add(MessageEnvelope message) => _messages.Writer.TryWrite(message);

    public MessageEnvelope? Peek() => _messages.Reader.TryPeek(out MessageEnvelope? message) ? message : null;

    /// <returns>The next message; null if none came in time.</returns>
    public async Task<MessageEnvelope?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        return _messages.Reader.TryRead(out MessageEnvelope? message) ? message : null;
    }

    /// <summary>Waits until there is a message, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Count > 0 || timeout == TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _messages.Reader.WaitToReadAsync(CancellationToken.None).AsTask()
                .WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // None came; the caller sees it.
        }
    }
}
