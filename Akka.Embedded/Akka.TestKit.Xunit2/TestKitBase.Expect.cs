using Akka.Actor;

namespace Akka.TestKit;

/// <content>Expecting messages, asynchronously.</content>
public abstract partial class TestKitBase
{
    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>((_, _) => { }, duration, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(message, EqualityComparer<T>.Default.Equals, timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        T expected,
        Func<T, T, bool> comparer,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>((actual, _) => _assertions.AssertEqual(expected, actual, comparer, hint ?? ""), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync<T>((message, _) => isMessage(message), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Func<T, IActorRef, bool> isMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            (message, sender) => _assertions.AssertTrue(
                isMessageAndSender(message, sender),
                $"Got a message of the expected type <{typeof(T)}>, but it was not expected: {message}. {hint}"),
            timeout,
            hint,
            cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>((message, _) => assert(message), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T, IActorRef> assertMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync(assertMessageAndSender, timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>((_, actual) => AssertSender(sender, actual, hint), duration, hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            (actual, actualSender) =>
            {
                AssertSender(sender, actualSender, hint);
                _assertions.AssertEqual(message, actual, hint ?? "");
            },
            timeout,
            hint,
            cancellationToken);

    public async ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        T[] expected = [.. messages];
        return await ExpectMsgAsync<T>(
            message => expected.Contains(message),
            hint: $"Expected any of {string.Join(", ", expected)}",
            cancellationToken: cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        await ExpectNoMsgAsync(RemainingOrDefault, cancellationToken).ConfigureAwait(false);

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public async ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        MessageEnvelope? envelope = await TakeAsync(Dilated(duration), cancellationToken).ConfigureAwait(false);
        _assertions.AssertTrue(
            envelope is null,
            $"Failed: Expected no messages during {duration}, instead we received {envelope?.Message} from {envelope?.Sender}");
        _lastWasNoMsg = true;
    }

    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync<Terminated>(
            terminated => _assertions.AssertEqual(target, terminated.ActorRef, (expected, actual) => expected.Equals(actual), hint ?? ""),
            timeout,
            hint,
            cancellationToken);

    internal void AssertEventCount(int expected, int actual, TimeSpan timeout) => _assertions.AssertTrue(
        actual == expected, $"Expected {expected} log events within {timeout}, but received {actual}");

    private async ValueTask<T> ExpectAsync<T>(
        Action<T, IActorRef> assert, TimeSpan? timeout, string? hint, CancellationToken cancellationToken)
    {
        TimeSpan limit = RemainingOrDilated(timeout);
        MessageEnvelope? envelope = await TakeAsync(limit, cancellationToken).ConfigureAwait(false);
        _assertions.AssertTrue(
            envelope is not null, $"Failed: Timeout {limit} while waiting for a message of type {typeof(T)} {hint}");
        _assertions.AssertTrue(
            envelope!.Message is T,
            $"Failed: Expected a message of type {typeof(T)}, but received {{{envelope.Message}}} (type {envelope.Message.GetType()}) " +
            $"instead from {envelope.Sender}. {hint}");
        var message = (T)envelope.Message;
        assert(message, envelope.Sender);
        return message;
    }

    private void AssertSender(IActorRef expected, IActorRef actual, string? hint) =>
        _assertions.AssertTrue(expected.Equals(actual), $"Sender does not match. Expected {expected}, got {actual}. {hint}");
}
