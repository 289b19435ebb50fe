using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <content>Creation and termination.</content>
internal sealed partial class ActorCell
{
    private void CreateActor()
    {
        try
        {
            ActorBase actor = NewActor();
            actor.AroundPreStart();
            ScheduleReceiveTimeout();
        }
        catch (Exception e)
        {
            ReleaseActor();
            throw new ActorInitializationException(_self, "Exception during creation", e);
        }
    }

    private ActorBase NewActor()
    {
        _behaviors.Clear();
        _supervisorStrategy = null;
        ActorBase actor = Props.NewActor()
            ?? throw new ActorInitializationException(_self, $"NewActor returned null, props={Props}");
        if (actor is IWithTimers withTimers)
        {
            withTimers.Timers = _timers = new TimerScheduler(this);
        }

        if (actor is IActorStash withStash)
        {
            withStash.Stash = _stash = new MailboxStash(this);
        }

        actor.OnConstructed();
        return _actor = actor;
    }

    /// <summary>Lets go of the instance; what it stashed goes back to the mailbox.</summary>
    private void ReleaseActor()
    {
        ActorBase? actor = _actor;
        if (actor is null)
        {
            return;
        }

        _stash?.UnstashAll();
        _stash = null;
        _timers = null;
        _actor = null;
        actor.Clear(_self);
        Props.Release(actor);
    }

    private void TerminateActor()
    {
        SetReceiveTimeout(null);
        UnwatchAll();
        StopChildren();
        bool wasTerminating = _children.IsTerminating;
        if (!_children.WaitForDying(new SuspendReason.Termination()))
        {
            FinishTerminate();
        }
        else if (!wasTerminating)
        {
            // No user messages while the children die, and no failures of theirs to the parent.
            Mailbox.Suspend();
            _perpetrator = _self;
        }
    }

    private void FinishTerminate()
    {
        try
        {
            _actor?.AroundPostStop();
        }
        catch (Exception e)
        {
            PublishError(e, e.Message);
        }

        // The parent learns of it before the watchers, and both after the mailbox is closed.
        UnwatchAll();
        ReleaseActor();
        _deferred.Clear();
        SystemImpl.EventStream.Unsubscribe(_self);
        Mailbox.Close();
        ParentRef.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true));
        TellWatchers();
    }

    private void PublishError(Exception? cause, string message) =>
        SystemImpl.EventStream.Publish(new Error(cause, _self.Path.ToString(), ActorType, message));
}
