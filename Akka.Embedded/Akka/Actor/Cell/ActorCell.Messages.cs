using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <content>What happens to a message, once its turn has come.</content>
internal sealed partial class ActorCell
{
    // System messages that must wait until the actor is up again, in their order.
    private readonly List<SystemMessage> _deferred = [];

    internal void Invoke(in Envelope envelope)
    {
        bool influencesTimeout = (envelope.Message as TimerTick)?.Message is not INotInfluenceReceiveTimeout
            && envelope.Message is not INotInfluenceReceiveTimeout;
        CurrentMessage = envelope.Message;
        CurrentEnvelopeId++;
        Sender = envelope.Sender ?? SystemImpl.DeadLetters;
        try
        {
            if (influencesTimeout)
            {
                CancelReceiveTimeout();
            }

            Process(envelope.Message);
            CurrentMessage = null;
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
        finally
        {
            if (influencesTimeout)
            {
                ScheduleReceiveTimeout();
            }
        }
    }

    internal void InvokeSystem(SystemMessage message)
    {
        if (MustDefer(message))
        {
            _deferred.Add(message);
            return;
        }

        try
        {
            Process(message);
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }

        if (_deferred.Count > 0 && !_deferred.All(MustDefer))
        {
            SystemMessage[] again = [.. _deferred];
            _deferred.Clear();
            foreach (SystemMessage deferred in again)
            {
                InvokeSystem(deferred);
            }
        }
    }

    internal void DeadLetter(in Envelope envelope)
    {
        // A dead letter whose subscriber is dead as well ends here; published again, it would come back for ever.
        if (envelope.Message is not AllDeadLetters)
        {
            SystemImpl.EventStream.Publish(DeadLetters.Wrap(envelope.Message, envelope.Sender ?? SystemImpl.DeadLetters, _self));
        }
    }

    internal void DeadLetter(SystemMessage message)
    {
        if (message is Watch watch && !watch.Watcher.Equals(_self))
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: false));
        }
    }

    internal void PublishUnhandled(object message)
    {
        if (message is Terminated terminated)
        {
            throw new DeathPactException(terminated.ActorRef);
        }

        SystemImpl.EventStream.Publish(new UnhandledMessage(message, Sender, _self));
    }

    private bool MustDefer(SystemMessage message) => message switch
    {
        Failed => Mailbox.IsSuspended || _children.IsWaiting,
        Recreate or Suspend or Resume => _children.IsWaiting,
        _ => false,
    };

    private void Process(SystemMessage message)
    {
        switch (message)
        {
            case Create: CreateActor(); break;
            case Failed failed: HandleFailed(failed); break;
            case DeathWatchNotification death: HandleDeath(death); break;
            case Watch watch: AddWatcher(watch.Watcher); break;
            case Unwatch unwatch: _watchedBy.Remove(unwatch.Watcher); break;
            case Recreate recreate: FaultRecreate(recreate.Cause); break;
            case Suspend: FaultSuspend(); break;
            case Resume resume: FaultResume(resume.CausedByFailure); break;
            case Terminate: TerminateActor(); break;
            case RunScheduledTask task: task.Scheduler.Execute(task.Task); break;
            case AsyncHandlerDone done: HandleAsyncDone(done); break;
            default: throw new NotSupportedException($"Unknown system message {message.GetType().Name}");
        }
    }

    private void Process(object message)
    {
        switch (message)
        {
            case Terminated terminated: ReceiveTerminated(terminated); break;
            case PoisonPill: _self.Stop(); break;
            case Kill: throw new ActorKilledException("Kill");
            case Identify identify: Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self); break;
            case TimerTick tick when tick.Find(_timers) is { } due: Process(due); break;
            case TimerTick: break;
            default: ReceiveMessage(message); break;
        }
    }

    private void ReceiveMessage(object message)
    {
        CurrentMessage = message;
        _actor!.Dispatch(_behaviors.Peek(), message);
    }
}
