namespace Akka.Actor;

/// <content>The receive timeout: restarted with every message that does not opt out.</content>
internal sealed partial class ActorCell
{
    private ICancelable? _pendingReceiveTimeout;

    public TimeSpan? ReceiveTimeout { get; private set; }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        CancelReceiveTimeout();
        ReceiveTimeout = timeout;
    }

    private void ScheduleReceiveTimeout()
    {
        CancelReceiveTimeout();
        if (ReceiveTimeout is { } timeout && !_children.IsTerminating)
        {
            _pendingReceiveTimeout = System.Scheduler.ScheduleTellOnceCancelable(
                timeout, _self, Actor.ReceiveTimeout.Instance, _self);
        }
    }

    private void CancelReceiveTimeout()
    {
        _pendingReceiveTimeout?.Cancel();
        _pendingReceiveTimeout = null;
    }
}
