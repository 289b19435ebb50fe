namespace Akka.TestKit;

/// <content>How long expectations wait.</content>
public abstract partial class TestKitBase
{
    private TimeSpan? _end;
    private bool _lastWasNoMsg;

    /// <summary>The time left of the innermost Within.</summary>
    /// <exception cref="InvalidOperationException">There is no Within around.</exception>
    public TimeSpan Remaining => _end is { } end
        ? Positive(end - Now)
        : throw new InvalidOperationException(@"Remaining may not be called outside of ""within""");

    /// <summary>The time left of the innermost Within, or else the single expect default.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration switch
    {
        null => RemainingOrDefault,
        { } infinite when infinite < TimeSpan.Zero =>
            throw new ArgumentException("max duration cannot be infinite", nameof(duration)),
        { } given => Dilated(given),
    };

    public void Within(
        TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    public void Within(
        TimeSpan min,
        TimeSpan max,
        Action action,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Within(
            min,
            max,
            () =>
            {
                action();
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);

    public T Within<T>(
        TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(
        TimeSpan min,
        TimeSpan max,
        Func<T> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(min, max, () => Task.FromResult(function()), hint, epsilonValue, cancellationToken).GetAwaiter().GetResult();

    public Task WithinAsync(
        TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public Task WithinAsync(
        TimeSpan min,
        TimeSpan max,
        Func<Task> actionAsync,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(
            min,
            max,
            async () =>
            {
                await actionAsync().ConfigureAwait(false);
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);

    public Task<T> WithinAsync<T>(
        TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>Runs an action whose expectations share a time limit.</summary>
    /// <param name="min">The least time it must take.</param>
    /// <param name="max">The most time it may take.</param>
    /// <param name="function">The action.</param>
    /// <param name="hint">For the failure's message.</param>
    /// <param name="epsilonValue">Tolerance of <paramref name="max"/>.</param>
    /// <param name="cancellationToken">Checked before the action.</param>
    public async Task<T> WithinAsync<T>(
        TimeSpan min,
        TimeSpan max,
        Func<Task<T>> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan start = Now;
        TimeSpan limit = Dilated(max);
        TimeSpan? outerEnd = _end;
        TimeSpan allowed = outerEnd is { } outer && outer - start < limit ? outer - start : limit;
        _assertions.AssertTrue(allowed >= min, $"Required min time {min} not possible, only {allowed} left. {hint}");
        _lastWasNoMsg = false;
        _end = start + allowed;
        T result;
        try
        {
            result = await function().ConfigureAwait(false);
        }
        finally
        {
            _end = outerEnd;
        }

        TimeSpan elapsed = Now - start;
        _assertions.AssertTrue(elapsed >= min, $"Failed: Block took {elapsed}, should have at least been {min}. {hint}");
        _assertions.AssertTrue(
            _lastWasNoMsg || elapsed <= allowed + (epsilonValue ?? TimeSpan.Zero),
            $"Failed: Block took {elapsed}, exceeding {allowed}. {hint}");
        return result;
    }

    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? Positive(end - Now) : duration;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
