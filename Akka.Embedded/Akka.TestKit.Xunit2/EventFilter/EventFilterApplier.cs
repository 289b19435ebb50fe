using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Installs filters around an action.</summary>
internal sealed class EventFilterApplier(TestKitBase testKit, IReadOnlyList<IEventFilter> filters) : IEventFilterApplier
{
    public EventFilterFactory And => new(testKit, filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Expect(1, timeout, action, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, actionAsync, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, timeout, action, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Expect(expectedCount, Leeway, action, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, timeout, () => Run(action), cancellationToken).GetAwaiter().GetResult();

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, Leeway, actionAsync, cancellationToken);

    public async Task ExpectAsync(
        int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
    {
        var counter = new CountingEventFilter(filters, expectedCount);
        using (new MutedFilter(testKit.Sys, counter))
        {
            await action().ConfigureAwait(false);
            try
            {
                await counter.Reached.WaitAsync(testKit.Dilated(timeout), cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Too few came; the check below tells how many.
            }
        }

        testKit.AssertEventCount(expectedCount, counter.Count, timeout);
    }

    public void Mute(Action action, CancellationToken cancellationToken = default) =>
        MuteAsync(() => Run(action), cancellationToken).GetAwaiter().GetResult();

    public async Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default)
    {
        using (Mute())
        {
            await action().ConfigureAwait(false);
        }
    }

    public IUnmutableFilter Mute() => new MutedFilter(testKit.Sys, new CountingEventFilter(filters, expected: 0));

    private TimeSpan Leeway => testKit.TestKitSettings.TestEventFilterLeeway;

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
