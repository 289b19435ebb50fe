using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <content>Asynchronous handlers: the mailbox is suspended until they end.</content>
internal sealed partial class ActorCell
{
    internal void BeginAsync(ActorTaskScheduler scheduler)
    {
        Mailbox.Suspend();
        scheduler.Instance = _actor;
    }

    /// <summary>Runs a piece of a handler with the message that it handles as the current one.</summary>
    internal void RunAs(object? message, IActorRef sender, Action piece)
    {
        CurrentMessage = message;
        Sender = sender;
        try
        {
            piece();
        }
        finally
        {
            CurrentMessage = null;
        }
    }

    private void HandleAsyncDone(AsyncHandlerDone done)
    {
        Mailbox.Resume();
        if (done.Failure is null)
        {
            return;
        }

        if (!ReferenceEquals(done.Scheduler.Instance, _actor))
        {
            PublishError(done.Failure, "An asynchronous handler failed after its actor was restarted");
            return;
        }

        CurrentMessage = done.Scheduler.Message;
        Sender = done.Scheduler.Sender;
        HandleInvokeFailure(done.Failure);
    }
}
