namespace Akka.Actor;

/// <summary>An <see cref="IActorRef"/> that stands for another one, such as a test probe.</summary>
internal interface IActorRefWrapper
{
    IActorRef Wrapped { get; }
}
