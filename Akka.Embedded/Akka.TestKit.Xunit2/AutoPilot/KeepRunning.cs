using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Stands for the auto pilot in charge.</summary>
public sealed class KeepRunning : AutoPilot
{
    public static readonly KeepRunning Instance = new();

    private KeepRunning()
    {
    }

    public override AutoPilot Run(IActorRef sender, object message) =>
        throw new InvalidOperationException("Must not be called: KeepRunning stands for the auto pilot in charge");
}
