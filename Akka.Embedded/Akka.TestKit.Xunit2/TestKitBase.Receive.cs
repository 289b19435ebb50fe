using System.Runtime.CompilerServices;

namespace Akka.TestKit;

/// <content>Taking messages as they are.</content>
public abstract partial class TestKitBase
{
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Wait(ReceiveOneAsync(max, cancellationToken));

    /// <returns>The next message; null if none came in time.</returns>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await TakeAsync(max ?? RemainingOrDefault, cancellationToken).ConfigureAwait(false))?.Message;

    public object? PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        AwaitCondition(() => HasMessages, max, cancellationToken);
        return _queue.Peek()?.Message;
    }

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveN(numberOfMessages, RemainingOrDefault, cancellationToken);

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Collect(ReceiveNAsync(numberOfMessages, max, cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveNAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <summary>Takes that many messages; fails if they do not come in time.</summary>
    public async IAsyncEnumerable<object> ReceiveNAsync(
        int numberOfMessages, TimeSpan max, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        TimeSpan stop = Now + max;
        for (int count = 0; count < numberOfMessages; count++)
        {
            MessageEnvelope? envelope = await TakeAsync(Positive(stop - Now), cancellationToken).ConfigureAwait(false);
            _assertions.AssertTrue(
                envelope is not null, $"Timeout ({max}) while expecting {numberOfMessages} messages. Only got {count} after {max}.");
            yield return envelope!.Message;
        }
    }

    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default)
        where T : class =>
        Collect(ReceiveWhileAsync(max, filter, msgs, cancellationToken));

    /// <summary>Takes messages as long as the filter maps them to something; the first other one stays in the queue.</summary>
    public async IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max,
        Func<object, T?> filter,
        int msgs = int.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : class
    {
        TimeSpan stop = Now + RemainingOrDilated(max);
        for (int count = 0; count < msgs; count++)
        {
            await _queue.WaitAsync(Positive(stop - Now), cancellationToken).ConfigureAwait(false);
            if (_queue.Peek() is not { } next || filter(next.Message) is not { } mapped)
            {
                yield break;
            }

            await TakeAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            yield return mapped;
        }
    }

    public object FishForMessage(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    public T FishForMessage<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Wait(FishForMessageAsync(isMessage, max, hint, cancellationToken));

    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Drops messages until the one that is looked for.</summary>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        TimeSpan limit = RemainingOrDilated(max);
        TimeSpan stop = Now + limit;
        while (true)
        {
            MessageEnvelope? envelope = await TakeAsync(Positive(stop - Now), cancellationToken).ConfigureAwait(false);
            _assertions.AssertTrue(envelope is not null, $"Timeout ({limit}) during fishForMessage, hint: {hint}");
            if (envelope!.Message is T message && isMessage(message))
            {
                return message;
            }
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static List<T> Collect<T>(IAsyncEnumerable<T> messages)
    {
        return Task.Run(CollectAsync).GetAwaiter().GetResult();

        async Task<List<T>> CollectAsync()
        {
            var all = new List<T>();
            await foreach (T message in messages.ConfigureAwait(false))
            {
                all.Add(message);
            }

            return all;
        }
    }

    private async Task<MessageEnvelope?> TakeAsync(TimeSpan max, CancellationToken cancellationToken)
    {
        MessageEnvelope? envelope = await _queue.TakeAsync(max, cancellationToken).ConfigureAwait(false);
        _lastWasNoMsg = false;
        LastMessage = envelope?.Message;
        LastSender = envelope?.Sender ?? Sys.DeadLetters;
        return envelope;
    }
}
