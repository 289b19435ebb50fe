using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <content>
/// Failure: the mailbox is suspended and the children with it, the parent is told, and its decision comes back as Resume,
/// Recreate or Terminate.
/// </content>
internal sealed partial class ActorCell
{
    // Who failed: this actor, or the child whose failure it escalated. Null while all is well.
    private IActorRef? _perpetrator;

    // The child whose failure is being decided right now; failing meanwhile means to escalate it.
    private InternalActorRef? _escalating;

    private SupervisorStrategy? _supervisorStrategy;

    private SupervisorStrategy Strategy => _supervisorStrategy ??= Props.SupervisorStrategy
        ?? _actor?.CreateSupervisorStrategy() ?? SupervisorStrategy.DefaultStrategy;

    private void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef>? childrenNotToSuspend = null)
    {
        if (_perpetrator is not null)
        {
            return;
        }

        Mailbox.Suspend();
        if (_escalating is { } failedChild)
        {
            _perpetrator = failedChild;
            childrenNotToSuspend = [.. childrenNotToSuspend ?? [], failedChild];
        }
        else
        {
            _perpetrator = _self;
        }

        foreach (ChildStats child in _children.Snapshot())
        {
            if (childrenNotToSuspend?.Contains(child.Ref) != true)
            {
                child.Ref.Suspend();
            }
        }

        ParentRef.SendSystemMessage(new Failed(_self, cause));
    }

    private void HandleFailed(Failed failed)
    {
        // Only a living child of this very incarnation counts: it may have been stopped and its name taken anew meanwhile.
        if (_children.Find(failed.Child) is not { } child)
        {
            return;
        }

        Sender = failed.Child;
        _escalating = failed.Child;
        try
        {
            if (!Strategy.HandleFailure(this, child, failed.Cause, _children.Snapshot()))
            {
                HandleInvokeFailure(failed.Cause);
            }
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
        finally
        {
            _escalating = null;
        }
    }

    private void FaultSuspend()
    {
        Mailbox.Suspend();
        foreach (ChildStats child in _children.Snapshot())
        {
            child.Ref.Suspend();
        }
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        IActorRef? perpetrator = _perpetrator;
        Mailbox.Resume();
        if (causedByFailure is not null)
        {
            _perpetrator = null;
        }

        // The child that failed is resumed because of its failure, its siblings from their parent's.
        foreach (ChildStats child in _children.Snapshot())
        {
            child.Ref.Resume(child.Ref.Equals(perpetrator) ? causedByFailure : null);
        }
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        if (_children.IsTerminating)
        {
            FaultResume(null);
            return;
        }

        object? message = CurrentMessage;
        try
        {
            _actor.AroundPreRestart(cause, message);
        }
        catch (Exception e)
        {
            PublishError(new PreRestartException(_self, e, cause, message), e.Message);
        }

        ReleaseActor();
        if (!_children.WaitForDying(new SuspendReason.Recreation(cause)))
        {
            FinishRecreate(cause);
        }
    }

    private void FinishRecreate(Exception cause)
    {
        IReadOnlyList<ChildStats> survivors = _children.Snapshot();
        Mailbox.Resume();
        _perpetrator = null;
        CurrentMessage = null;
        try
        {
            NewActor().AroundPostRestart(cause, null);
            ScheduleReceiveTimeout();
        }
        catch (Exception e)
        {
            ReleaseActor();
            HandleInvokeFailure(new PostRestartException(_self, e, cause), [.. survivors.Select(child => child.Ref)]);
            return;
        }

        foreach (ChildStats survivor in survivors)
        {
            survivor.Ref.Restart(cause);
        }
    }

    // A restart or resume of an actor that could not even be created.
    private void FaultCreate()
    {
        SetReceiveTimeout(null);
        StopChildren();
        if (!_children.WaitForDying(new SuspendReason.Creation()))
        {
            FinishCreate();
        }
    }

    private void FinishCreate()
    {
        Mailbox.Resume();
        _perpetrator = null;
        try
        {
            CreateActor();
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }
}
