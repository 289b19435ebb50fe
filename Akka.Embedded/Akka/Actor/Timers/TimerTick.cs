namespace Akka.Actor;

/// <summary>A timer's message on its way to its actor.</summary>
internal sealed class TimerTick(TimerScheduler owner, object key, object message, bool isSingle)
{
    public object Key { get; } = key;

    public object Message { get; } = message;

    public bool IsSingle { get; } = isSingle;

    public ICancelable? Schedule { get; set; }

    /// <summary>The message, unless the timer was cancelled or replaced, or its actor restarted, since this tick was sent.</summary>
    public object? Find(TimerScheduler? current) => ReferenceEquals(owner, current) && owner.Claim(this) ? Message : null;
}
