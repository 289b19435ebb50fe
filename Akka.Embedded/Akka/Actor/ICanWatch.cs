namespace Akka.Actor;

/// <summary>Can learn of other actors' deaths.</summary>
public interface ICanWatch
{
    /// <summary>Asks for one <see cref="Terminated"/> when the subject dies, or at once if it is dead.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>As <see cref="Watch"/>, with a message of one's own instead of <see cref="Terminated"/>.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes a watch back; a notification still in the mailbox is dropped.</summary>
    IActorRef Unwatch(IActorRef subject);
}
