namespace Akka.Actor;

/// <summary>Stopping an actor and waiting for it.</summary>
public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) =>
        target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends a message that makes the actor stop, and waits until it is dead.</summary>
    /// <returns>False if it still lived when the time was over.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        InternalActorRef actor = target.AsInternal();
        var watcher = new TerminationWatcherRef(actor.System, actor.System.NextTempPath());
        actor.SendSystemMessage(new Dispatch.SysMsg.Watch(actor, watcher));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            await watcher.Terminated.WaitAsync(timeout).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            actor.SendSystemMessage(new Dispatch.SysMsg.Unwatch(actor, watcher));
        }
    }
}
